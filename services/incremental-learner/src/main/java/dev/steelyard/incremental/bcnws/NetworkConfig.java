package dev.steelyard.incremental.bcnws;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.ImageShape;
import dev.steelyard.incremental.training.WeightGroups;
import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.nn.BatchChannelNorm;
import dev.steelyard.tensor.nn.Estimates;
import dev.steelyard.tensor.nn.GroupNorm;
import dev.steelyard.tensor.nn.Grouping;
import dev.steelyard.tensor.nn.Normalization;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.nn.WeightStandardization;
import dev.steelyard.tensor.nn.WeightStandardization.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
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
    private static final String TYPE = "steelyard-image-";
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
        return standardization.filter(_ -> !WeightGroups.fits(excluded, weight));
    }

    Reparametrization form() {
        return (store, name, initial) -> standardizationOf(name)
                .map(Reparametrization.class::cast)
                .orElse(Reparametrization.NONE)
                .create(store, name, initial);
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
        config.putPOJO("channels", channels);
        config.put("num_channels", shape.channels());
        config.put("image_height", shape.height());
        config.put("image_width", shape.width());
        config.put("norm", norm);
        config.put("num_groups", groups);
        config.put("force_groups", forceGroups);
        standardization.ifPresent(rule -> {
            ObjectNode weights = config.putObject("weight_standardization");
            weights.put("variant", label(rule.variant()));
            weights.put("eps", rule.epsilon());
            weights.putPOJO("exclude", excluded);
        });
        ObjectNode labels = config.putObject("id2label");
        for (int i = 0; i < classes.size(); i++) {
            labels.put(String.valueOf(i), classes.get(i));
        }
        return config;
    }

    /** @throws MethodException when the folder holds another kind of model */
    static NetworkConfig read(Path folder) throws MethodException, IOException {
        JsonNode config;
        try {
            config = JSON.readTree(Files.readString(folder.resolve(FILE)));
        } catch (JacksonException e) {
            throw refused(folder, "is not JSON: " + e.getOriginalMessage());
        }
        String type = config.path("model_type").asString("");
        if (!type.equals(TYPE + "strided") && !type.equals(TYPE + "residual")) {
            throw refused(
                    folder, "model_type: expected %sstrided or %sresidual, found '%s'".formatted(TYPE, TYPE, type));
        }
        try {
            return of(config, type.substring(TYPE.length()));
        } catch (JacksonException | IllegalArgumentException e) {
            throw refused(folder, "is not the configuration of a network: " + e.getMessage());
        }
    }

    private static MethodException refused(Path folder, String why) {
        return MethodException.file(FILE, FILE + ": " + why).in(folder);
    }

    private static NetworkConfig of(JsonNode config, String network) {
        List<Integer> channels = new ArrayList<>();
        config.required("channels").forEach(value -> channels.add(value.intValue()));
        List<String> classes = new ArrayList<>();
        JsonNode labels = config.required("id2label");
        for (int i = 0; i < labels.size(); i++) {
            classes.add(labels.required(String.valueOf(i)).stringValue());
        }
        JsonNode weights = config.path("weight_standardization");
        List<String> excluded = new ArrayList<>();
        weights.path("exclude").forEach(name -> excluded.add(name.stringValue()));
        return new NetworkConfig(
                network,
                channels,
                new ImageShape(
                        config.required("num_channels").intValue(),
                        config.required("image_height").intValue(),
                        config.required("image_width").intValue()),
                classes,
                config.required("norm").stringValue(),
                config.required("num_groups").intValue(),
                config.path("force_groups").booleanValue(false),
                weights.isObject()
                        ? Optional.of(new WeightStandardization(
                                variant(weights.required("variant").stringValue()),
                                weights.required("eps").doubleValue()))
                        : Optional.empty(),
                excluded);
    }

    private static Variant variant(String label) {
        return Variant.valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    private static String label(Variant variant) {
        return variant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
