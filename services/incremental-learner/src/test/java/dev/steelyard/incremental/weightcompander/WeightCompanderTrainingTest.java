package dev.steelyard.incremental.weightcompander;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.incremental.RunFiles;
import dev.steelyard.incremental.images.ImageModelConfig;
import dev.steelyard.incremental.images.ImageSplit;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.ParamsReader;
import dev.steelyard.method.local.LocalRun;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.train.TensorFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WeightCompanderTrainingTest {
    private static final int SIDE = 8;
    private static final String WEIGHT = "layers.0.linear.weight";
    private static final ParamsReader<WeightCompanderParams> READER =
            ParamsReader.of(WeightCompanderParams.class, ParamsReader.validator());

    @TempDir
    static Path images;

    private final WeightCompanderTraining method = new WeightCompanderTraining();

    /** Three classes: a bright row at another height each, under noise. */
    @BeforeAll
    static void drawImages() throws IOException {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(5);
        for (int label = 0; label < 3; label++) {
            Path folder = Files.createDirectories(images.resolve("class-" + label));
            for (int i = 0; i < 120; i++) {
                var image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
                for (int y = 0; y < SIDE; y++) {
                    for (int x = 0; x < SIDE; x++) {
                        int bright = y == 2 * label + 1 ? 120 : 0;
                        image.getRaster().setSample(x, y, 0, bright + random.nextInt(130));
                    }
                }
                ImageIO.write(
                        image, "png", folder.resolve("%03d.png".formatted(i)).toFile());
            }
        }
    }

    @Test
    void compander_bounds_weights_and_keeps_them_from_zero(@TempDir Path folder) throws Exception {
        var job = job(folder);

        job.of(method, params("\"reparam\": {\"alpha\": 1, \"beta\": 1}, \"compare\": true"));

        JsonNode companded = run(job, 0);
        JsonNode plain = run(job, 1);
        assertThat(companded.path("name").stringValue()).isEqualTo("companded");
        assertThat(plain.path("name").stringValue()).isEqualTo("plain");
        assertThat(companded.path("accuracy").doubleValue()).isGreaterThan(0.9);
        assertThat(companded.path("exportDifference").doubleValue()).isLessThanOrEqualTo(1e-6);
        JsonNode weight = companded.path("weights").path(0);
        JsonNode other = plain.path("weights").path(0);
        assertThat(weight.path("name").stringValue()).isEqualTo(WEIGHT);
        assertThat(weight.path("largestReach").doubleValue())
                .isBetween(0.9, 1.0)
                .isLessThan(1);
        assertThat(weight.path("after").path("kurtosis").doubleValue())
                .isLessThan(0.85 * other.path("after").path("kurtosis").doubleValue());
        assertThat(weight.path("before").path("a").doubleValue())
                .isCloseTo(weight.path("initialDeviation").doubleValue(), within(1e-6));
        assertThat(other.has("largestReach")).isFalse();
        assertThat(total(weight.path("histograms").path("vAfter"))).isEqualTo(24 * SIDE * SIDE);
        assertThat(job.curves())
                .containsKeys(
                        "companded/loss",
                        "plain/loss",
                        "companded/near-zero/" + WEIGHT,
                        "companded/kurtosis/" + WEIGHT,
                        "companded/reach/" + WEIGHT,
                        "companded/saturated/" + WEIGHT,
                        "companded/a/" + WEIGHT,
                        "companded/b/" + WEIGHT)
                .doesNotContainKey("plain/a/" + WEIGHT);
    }

    /** Running means go away from 0, so averages of them lag; what is shown of w is what is exported. */
    @Test
    void averages_are_of_statistics_too_and_are_what_is_shown(@TempDir Path folder) throws Exception {
        var job = job(folder);

        job.of(method, params("\"average\": 0.9, \"epochs\": 2"));

        double exported;
        try (var _ = TensorScope.open()) {
            var model = TensorFile.read(job.output("model").resolve("model.safetensors"));
            var trained = TensorFile.read(job.output("state").resolve("training.safetensors"));
            String mean = "layers.0.norm.running_mean";
            double last = tensor(trained, mean).abs().max().item_double();
            assertThat(tensor(model, mean).abs().max().item_double()).isBetween(0.1 * last, 0.98 * last);
            assertThat(tensor(model, "layers.0.norm.num_batches_tracked").item_long())
                    .isEqualTo(18);
            exported = tensor(model, WEIGHT).norm().item_double();
            Tensor v = tensor(trained, WEIGHT + ".v").to(ScalarType.Double);
            JsonNode after = run(job, 0).path("weights").path(0).path("after");
            Tensor w = v.div(new Scalar(after.path("b").doubleValue()))
                    .atan()
                    .mul(new Scalar(after.path("a").doubleValue()));
            assertThat(exported).isNotCloseTo(w.norm().item_double(), within(1e-4));
            assertThat(after.path("norm").doubleValue()).isCloseTo(exported, within(1e-5));
            assertThat(after.path("normOfV").doubleValue()).isCloseTo(v.norm().item_double(), within(1e-5));
        }
    }

    @Test
    void export_is_plain_and_state_holds_what_was_trained(@TempDir Path folder) throws Exception {
        var job = job(folder);

        job.of(method, params("\"reparam\": {\"learn\": true}, \"normalization\": \"none\""));

        try (var _ = TensorScope.open()) {
            var model = TensorFile.read(job.output("model").resolve("model.safetensors"));
            var state = TensorFile.read(job.output("state").resolve("training.safetensors"));
            var optimizer = TensorFile.read(job.output("state").resolve("optimizer.safetensors"));
            assertThat(model).containsOnlyKeys(WEIGHT, "layers.0.linear.bias", "classifier.weight", "classifier.bias");
            assertThat(state).containsKeys(WEIGHT + ".v", WEIGHT + ".log_a", WEIGHT + ".log_b");
            assertThat(optimizer).containsKey(WEIGHT + ".log_a.momentum_buffer");
            Tensor v = tensor(state, WEIGHT + ".v");
            double a = Math.exp(tensor(state, WEIGHT + ".log_a").item_double());
            double b = Math.exp(tensor(state, WEIGHT + ".log_b").item_double());
            Tensor w = v.to(ScalarType.Double).div(new Scalar(b)).atan().mul(new Scalar(a));
            assertThat(tensor(model, WEIGHT).sub(w).abs().max().item_double()).isLessThan(1e-6);
        }
        JsonNode weight = run(job, 0).path("weights").path(0);
        assertThat(weight.path("after").path("a").doubleValue())
                .isNotEqualTo(weight.path("before").path("a").doubleValue());
    }

    @Test
    void job_stopped_at_any_step_continues_to_the_same_bytes(@TempDir Path folder) throws Exception {
        // 18 batches of 16 in a pass: 288 steps, a state every 200
        var params = params("\"reparam\": {\"learn\": true}, \"compare\": true, \"dropout\": 0.2, \"average\": 0.95, "
                + "\"shift\": 1, \"batch\": 16, \"epochs\": 16");
        var straight = job(folder.resolve("straight"));
        straight.of(method, params);

        for (int looks : List.of(21, 210)) {
            var stopped = job(folder.resolve("stopped" + looks));
            assertThatThrownBy(() -> stopped.cancelAfter(looks).of(method, params))
                    .isInstanceOf(InterruptedException.class);
            stopped.of(method, params);

            assertThat(stopped.lines().isEmpty()).isEqualTo(looks == 21);
            assertThat(tree(stopped)).isEqualTo(tree(straight));
        }
    }

    @Test
    void starts_from_a_model_at_its_accuracy(@TempDir Path folder) throws Exception {
        var first = job(folder.resolve("first"));
        first.of(method, params("\"reparam\": {\"kind\": \"none\"}"));
        Path model = first.output("model");
        double accuracy = run(first, 0).path("accuracy").doubleValue();
        assertThat(accuracy).isGreaterThan(0.9);

        var tuned = from(folder.resolve("tuned"), model);
        tuned.of(method, params("\"reparam\": {\"alpha\": 4}, \"network\": \"cnn\", \"hidden\": [4, 4]"));

        assertThat(run(tuned, 0).path("startAccuracy").doubleValue()).isEqualTo(accuracy);
        assertThat(Files.readString(tuned.output("model").resolve("config.json")))
                .isEqualTo(Files.readString(model.resolve("config.json")));

        var narrow = from(folder.resolve("narrow"), model);
        assertThatThrownBy(() -> narrow.of(method, params("\"reparam\": {\"alpha\": 0.5}")))
                .isInstanceOfSatisfying(
                        MethodException.class, e -> assertThat(e.field()).contains("/reparam/alpha"))
                .hasMessageMatching(WEIGHT + ": \\d+ of 1536 values are beyond .*; alpha \\d\\.\\d+ or more fits");
        narrow.of(method, params("\"reparam\": {\"alpha\": 0.5, \"tail\": \"fit\"}"));
        assertThat(run(narrow, 0).path("startAccuracy").doubleValue()).isEqualTo(accuracy);
    }

    @Test
    void quantized_and_foreign_models_are_refused(@TempDir Path folder) throws Exception {
        var first = job(folder.resolve("first"));
        first.of(method, params("\"reparam\": {\"kind\": \"none\"}, \"epochs\": 1"));
        Path model = first.output("model");
        Path quantized = Files.createDirectories(folder.resolve("quantized"));
        Path small = Files.createDirectories(folder.resolve("small"));
        Path large = Files.createDirectories(folder.resolve("large"));
        for (Path target : List.of(quantized, small, large)) {
            Files.copy(model.resolve("config.json"), target.resolve("config.json"));
        }
        try (var _ = TensorScope.open()) {
            var tensors = TensorFile.read(model.resolve("model.safetensors"));
            var part = new TreeMap<>(tensors);
            part.remove("classifier.bias");
            TensorFile.write(small.resolve("model.safetensors"), part, Map.of());
            part.putAll(tensors);
            part.put("second.weight", tensor(tensors, WEIGHT));
            TensorFile.write(large.resolve("model.safetensors"), part, Map.of());
            tensors.put(WEIGHT, tensor(tensors, WEIGHT).to(ScalarType.Byte));
            TensorFile.write(quantized.resolve("model.safetensors"), tensors, Map.of());
        }

        var clip = params("\"reparam\": {\"tail\": \"clip\"}");
        assertThatThrownBy(() -> from(folder.resolve("a"), quantized).of(method, clip))
                .hasMessage(WEIGHT + ": is of type U8; quantized weights are not trained, give the model they were "
                        + "made of");
        assertThatThrownBy(() -> from(folder.resolve("b"), small).of(method, clip))
                .hasMessageContaining("classifier.bias: the model needs it");
        assertThatThrownBy(() -> from(folder.resolve("c"), large).of(method, clip))
                .hasMessage("second.weight: the model has no such tensor");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            layers.0.linear.weight    | [24, 64] | [48, 64]
            classifier.bias           | [3]      | [6]
            layers.0.norm.running_var | [24]     | [48]
            """)
    void weights_of_another_shape_are_refused_by_name(String name, String shape, String found, @TempDir Path folder)
            throws Exception {
        var first = job(folder.resolve("first"));
        first.of(method, params("\"reparam\": {\"kind\": \"none\"}, \"epochs\": 1"));
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.copy(first.output("model").resolve("config.json"), other.resolve("config.json"));
        try (var _ = TensorScope.open()) {
            var tensors = TensorFile.read(first.output("model").resolve("model.safetensors"));
            Tensor own = tensor(tensors, name);
            tensors.put(name, torch.cat(new TensorVector(own, own)));
            TensorFile.write(other.resolve("model.safetensors"), tensors, Map.of());
        }

        var clip = params("\"reparam\": {\"tail\": \"clip\"}");
        assertThatThrownBy(() -> from(folder.resolve("tuned"), other).of(method, clip))
                .hasMessageStartingWith("model.safetensors: is not what config.json says: %s: expected %s, found %s"
                        .formatted(name, shape, found))
                .isInstanceOfSatisfying(MethodException.class, e -> {
                    assertThat(e.code()).isEqualTo("bad-input");
                    assertThat(e.file()).contains("model.safetensors");
                    assertThat(e.tensor()).contains(name);
                });
    }

    @Test
    void weights_of_a_contender_that_is_refused_are_freed(@TempDir Path folder) throws Exception {
        var params = ParamsReader.of(WeightCompanderParams.class, ParamsReader.validator())
                .read(params("\"reparam\": {\"targets\": [\"none\"]}"));
        ImageSet data = ImageSplit.read(images);
        var config = ImageModelConfig.of("mlp", params.hidden(), "batch", data);
        var setting = new Contender.Setting(Torch.start(2), job(folder), params, config, Optional.empty(), 1, 1);
        ParameterStore store = new ParameterStore();

        assertThatThrownBy(() -> new Contender(setting, params.reparam(), data, store))
                .hasMessageStartingWith("no weight fits");

        assertThat(store.save().values())
                .hasSize(9)
                .extracting(tensor -> tensor.isNull())
                .containsOnly(true);
    }

    @Test
    void accumulated_batches_and_clipped_gradients_train(@TempDir Path folder) throws Exception {
        var job = job(folder);

        job.of(
                method,
                params("\"network\": \"strided\", \"hidden\": [8], \"accumulate\": 2, \"clip\": 1, \"mirror\": true, "
                        + "\"epochs\": 32"));

        assertThat(run(job, 0).path("accuracy").doubleValue()).isGreaterThan(0.8);
        assertThat(run(job, 0).path("weights").path(0).path("name").stringValue())
                .isEqualTo("layers.0.conv.weight");
    }

    @Test
    void examples_are_complete_parameters() throws MethodException {
        for (MethodSpec.Example example : method.spec().examples()) {
            assertThat(READER.read(example.paramsJson()).optimizer().name()).isEqualTo("sgd");
        }
        assertThatThrownBy(() -> READER.read("{\"reparam\": {\"kind\": \"none\"}, \"compare\": true}"))
                .hasMessageContaining("there is no compander to compare with");
        assertThatThrownBy(() -> READER.read("{\"network\": \"cnn\", \"hidden\": [3]}"))
                .hasMessageContaining("two convolutions");
    }

    private static String params(String more) {
        String json = "\"hidden\": [24], \"batch\": 30, \"epochs\": 16" + (more.isEmpty() ? "" : ", " + more);
        // later fields win, as the reader would refuse a field twice
        return new JsonMapper().readTree("{" + json + "}").toString();
    }

    private static LocalRun job(Path folder) {
        return LocalRun.in(folder).threads(2).input("data", images);
    }

    private static LocalRun from(Path folder, Path model) {
        return LocalRun.in(folder).threads(2).input("data", images).input("model", model);
    }

    private static JsonNode run(LocalRun job, int index) throws IOException {
        return new JsonMapper()
                .readTree(job.output("report").resolve("report.json").toFile())
                .path("runs")
                .path(index);
    }

    private static Tensor tensor(Map<String, Tensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name));
    }

    private static long total(JsonNode counts) {
        return StreamSupport.stream(counts.spliterator(), false)
                .mapToLong(JsonNode::longValue)
                .sum();
    }

    /** Hashes of all output files. */
    private static Map<String, String> tree(LocalRun job) throws IOException {
        Map<String, String> tree = RunFiles.hashes(job, "model", "state", "report");
        assertThat(tree).hasSize(11);
        return tree;
    }
}
