package dev.steelyard.incremental.bcnws;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.ImageShape;
import dev.steelyard.incremental.images.ImageClassifier;
import dev.steelyard.incremental.images.ImageFields;
import dev.steelyard.incremental.images.WeightsInFile;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.models.NamePattern;
import dev.steelyard.tensor.nn.BatchChannelNorm;
import dev.steelyard.tensor.nn.Estimates;
import dev.steelyard.tensor.nn.GroupNorm;
import dev.steelyard.tensor.nn.Grouping;
import dev.steelyard.tensor.nn.Normalization;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.nn.WeightStandardization;
import dev.steelyard.tensor.nn.WeightStandardization.Variant;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a network is, as its config.json says it.
 *
 * @param network strided or residual
 * @param norm bcn-estimated, bcn, gn, bn or none
 * @param groups wanted; a layer may have fewer
 * @param standardization of weights, if they are
 * @param excluded weights that are not
 */
record NetworkConfig(
        String network,
        List<Integer> channels,
        ImageShape shape,
        List<String> classes,
        String norm,
        int groups,
        boolean forceGroups,
        Optional<WeightStandardization> standardization,
        List<String> excluded) {

    static final String FILE = "config.json";
    private static final String CHANNELS = "channels";
    private static final String TYPE = "steelyard-image-";
    private static final List<String> NORMS = List.of("bcn-estimated", "bcn", "gn", "bn", "none");
    private static final int MAX_CHANNELS = 8192;
    private static final double MAX_EPSILON = 0.01;
    private static final JsonMapper JSON = new JsonMapper();

    static NetworkConfig of(BcnWsParams params, ImageSet data) {
        return new NetworkConfig(
                params.network(),
                params.channels(),
                data.shape(),
                data.classes(),
                params.norm(),
                params.groups(),
                params.forceGroups(),
                standardization(params),
                params.wsExclude());
    }

    static Optional<WeightStandardization> standardization(BcnWsParams params) {
        return params.weightStd()
                ? Optional.of(new WeightStandardization(variant(params.wsVariant()), params.wsEps()))
                : Optional.empty();
    }

    /** The same layers with the normalization and the weights that parameters ask for. */
    NetworkConfig convertedTo(BcnWsParams params) {
        return new NetworkConfig(
                network,
                channels,
                shape,
                classes,
                params.norm(),
                params.groups(),
                params.forceGroups(),
                standardization(params),
                params.wsExclude());
    }

    /** The same layers with plain weights. */
    NetworkConfig plain(String otherNorm) {
        return new NetworkConfig(
                network, channels, shape, classes, otherNorm, groups, forceGroups, Optional.empty(), List.of());
    }

    /** The same with another normalization. */
    NetworkConfig normalizedBy(String otherNorm) {
        return new NetworkConfig(
                network, channels, shape, classes, otherNorm, groups, forceGroups, standardization, excluded);
    }

    /** How the weight of a name is standardized, if it is. */
    Optional<WeightStandardization> standardizationOf(String weight) {
        return standardization.filter(_ -> !NamePattern.anyFits(excluded, weight));
    }

    Reparametrization form() {
        return (store, name, initial) -> standardizationOf(name)
                .map(Reparametrization.class::cast)
                .orElse(Reparametrization.NONE)
                .create(store, name, initial);
    }

    /** Whether channels are normalized in groups. */
    boolean hasGroups() {
        return !norm.equals("bn") && !norm.equals("none");
    }

    Grouping grouping(Consumer<String> warnings) {
        return new Grouping(groups, forceGroups, warnings);
    }

    Normalization normalization(Estimates estimates, Consumer<String> warnings) {
        return switch (norm) {
            case "bcn-estimated" -> BatchChannelNorm.estimated(grouping(warnings), estimates);
            case "bcn" -> BatchChannelNorm.of(grouping(warnings));
            case "gn" -> GroupNorm.of(grouping(warnings));
            case "bn" -> Normalization.BATCH;
            case "none" -> Normalization.NONE;
            default -> throw new IllegalArgumentException("no normalization " + norm);
        };
    }

    ObjectNode json() {
        ObjectNode config = JSON.createObjectNode();
        config.put("model_type", TYPE + network);
        config.putPOJO(CHANNELS, channels);
        ImageFields.put(config, shape);
        config.put("norm", norm);
        config.put("num_groups", groups);
        config.put("force_groups", forceGroups);
        standardization.ifPresent(rule -> {
            ObjectNode weights = config.putObject("weight_standardization");
            weights.put("variant", label(rule.variant()));
            weights.put("eps", rule.epsilon());
            weights.putPOJO("exclude", excluded);
        });
        ImageFields.put(config, classes);
        return config;
    }

    /** @throws ArtifactException naming the field that is missing or not what it must be */
    static NetworkConfig read(Path folder) throws IOException {
        ModelConfig config = ModelConfig.read(folder);
        String type = config.text("model_type").orElse("");
        if (!type.matches(TYPE + "(strided|residual)")) {
            throw config.unexpected("model_type", "%1$sstrided or %1$sresidual".formatted(TYPE));
        }
        List<Integer> channels = ImageFields.sizes(config, CHANNELS, MAX_CHANNELS);
        Optional<ModelConfig> weights = config.section("weight_standardization");
        return new NetworkConfig(
                type.substring(TYPE.length()),
                channels,
                ImageFields.shape(config, 1),
                config.labels("id2label"),
                choice(config, "norm", NORMS),
                config.integer("num_groups", 1, MAX_CHANNELS),
                config.flag("force_groups", false),
                weights.isPresent() ? Optional.of(standardization(weights.get())) : Optional.empty(),
                weights.isPresent() ? weights.get().texts("exclude") : List.of());
    }

    private static WeightStandardization standardization(ModelConfig config) throws ArtifactException {
        List<String> variants =
                Arrays.stream(Variant.values()).map(NetworkConfig::label).toList();
        Variant variant = variant(choice(config, "variant", variants));
        double epsilon = config.number("eps", 0, MAX_EPSILON, 0);
        if (epsilon == 0) {
            throw config.unexpected("eps", "a number above 0");
        }
        return new WeightStandardization(variant, epsilon);
    }

    private static String choice(ModelConfig config, String field, List<String> choices) throws ArtifactException {
        return config.text(field)
                .filter(choices::contains)
                .orElseThrow(() -> config.unexpected(field, "one of " + String.join(", ", choices)));
    }

    /**
     * Looks whether the weights beside it can be this network's: {@code config.json} may ask for any amount of memory.
     *
     * @throws ArtifactException when they are fewer
     */
    void requireWeights(Path folder) throws IOException {
        long least = ImageClassifier.leastWeights(network, shape, channels, classes.size());
        WeightsInFile.require(folder, CHANNELS, channels, least);
    }

    private static Variant variant(String label) {
        return Variant.valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    static String label(Variant variant) {
        return variant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
