package dev.steelyard.incremental.adamp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.incremental.GreyImages;
import dev.steelyard.incremental.RunFiles;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.ParamsReader;
import dev.steelyard.method.local.LocalRun;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.train.TensorFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class AdamPTrainingTest {
    private static final int SIDE = 8;

    private static final String CNN = """
            {"network": "cnn", "hidden": [8, 8], "learningRate": 0.01, "batch": 24, "weightDecay": 1e-4, "warmUp": 5,
             "epochs": 16, "noDecay": ["*.norm.*"]}""";

    @TempDir
    static Path images;

    private final AdamPTraining method = new AdamPTraining();

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
    void projection_keeps_norms_down_and_learns_as_well(@TempDir Path folder) throws Exception {
        var job = job(folder);

        job.of(method, params("sgdp", true, 0.1, 30));

        JsonNode report = RunFiles.report(job);
        JsonNode projected = report.path("runs").path(0);
        JsonNode plain = report.path("runs").path(1);
        assertThat(projected.path("optimizer").stringValue()).isEqualTo("sgdp");
        assertThat(plain.path("optimizer").stringValue()).isEqualTo("sgd");
        assertThat(projected.path("accuracy").doubleValue()).isGreaterThan(0.9);
        assertThat(plain.path("accuracy").doubleValue()).isGreaterThan(0.9);
        JsonNode first = projected.path("tensors").path(0);
        assertThat(first.path("name").stringValue()).isEqualTo("layers.0.linear.weight");
        assertThat(first.path("projectedShare").doubleValue()).isGreaterThan(0.9);
        assertThat(first.path("squaredNormRatio").doubleValue())
                .isLessThan(0.8
                        * plain.path("tensors").path(0).path("squaredNormRatio").doubleValue());
        assertThat(projected.path("tensors").path(1).path("projectedShare").doubleValue())
                .as("the last layer is not followed by normalization")
                .isLessThan(0.5);
        assertThat(job.curves()).containsKeys("sgdp/loss", "sgd/loss", "sgdp/angle/layers.0.linear.weight");
    }

    @Test
    void own_test_part_is_not_trained_on(@TempDir Path folder) throws Exception {
        Path parts = GreyImages.withTestPart(folder.resolve("parts"), SIDE);
        var job = LocalRun.in(folder.resolve("job")).threads(2).input("data", parts);

        job.of(method, "{\"hidden\": [4], \"epochs\": 1, \"batch\": 8}");

        assertThat(RunFiles.report(job).path("trainImages").intValue()).isEqualTo(40);
        assertThat(RunFiles.report(job).path("testImages").intValue()).isEqualTo(2);
    }

    @Test
    void job_stopped_at_any_step_continues_to_the_same_bytes(@TempDir Path folder) throws Exception {
        var straight = job(folder.resolve("straight"));
        straight.of(method, params("adamp", true, 0.01, 16));

        for (int steps : List.of(21, 210)) { // before the first saved state, after one: the job looks once a step
            var stopped = job(folder.resolve("stopped" + steps));
            // 18 batches of 16 in a pass: 288 steps, a state every 200
            assertThatThrownBy(() -> stopped.cancelAfter(steps).of(method, params("adamp", true, 0.01, 16)))
                    .isInstanceOf(InterruptedException.class);
            assertThat(stopped.curves().get("adamw/norm/layers.0.linear.weight"))
                    .hasSize(steps);
            assertThat(stopped.curves().get("adamp/angle/classifier.weight"))
                    .hasSize(steps)
                    .allMatch(angle -> angle > 0);
            stopped.of(method, params("adamp", true, 0.01, 16));

            assertThat(stopped.lines().isEmpty()).isEqualTo(steps == 21);
            assertThat(tree(stopped)).isEqualTo(tree(straight));
        }
    }

    @Test
    void convolutional_network_learns(@TempDir Path folder) throws Exception {
        var job = job(folder);

        var outputs = job.of(method, CNN);

        double accuracy =
                RunFiles.report(job).path("runs").path(0).path("accuracy").doubleValue();
        assertThat(accuracy).isGreaterThan(0.9);
        assertThat(outputs.summary()).containsEntry("adamp accuracy", accuracy);
        assertThat(RunFiles.report(job)
                        .path("runs")
                        .path(0)
                        .path("tensors")
                        .path(0)
                        .path("name")
                        .stringValue())
                .isEqualTo("layers.0.conv.weight");
        assertThat(job.output("model"))
                .isDirectoryContaining(file -> file.endsWith("model.safetensors"))
                .isDirectoryContaining(file -> file.endsWith("optimizer.safetensors"))
                .isDirectoryContaining(file -> file.endsWith("config.json"));
    }

    @Test
    void reparametrized_weights_are_exported_as_plain_ones(@TempDir Path folder) throws Exception {
        var job = job(folder);

        job.of(
                method,
                "{\"hidden\": [24], \"learningRate\": 0.01, \"batch\": 24, "
                        + "\"reparam\": {\"alpha\": 1, \"learn\": true}}");

        assertThat(RunFiles.report(job).path("runs").path(0).path("accuracy").doubleValue())
                .isGreaterThan(0.9);
        try (var _ = TensorScope.open()) {
            assertThat(TensorFile.read(job.output("model").resolve("model.safetensors")))
                    .containsKeys("layers.0.linear.weight", "classifier.weight")
                    .doesNotContainKey("layers.0.linear.weight.v");
            assertThat(TensorFile.read(job.output("model").resolve("training.safetensors")))
                    .containsKey("layers.0.linear.weight.v");
        }
    }

    @Test
    void loss_that_is_no_number_names_the_step(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> job(folder).of(method, params("sgd", false, 10, 30, 1e30)))
                .isInstanceOf(MethodException.class)
                .hasMessageMatching("sgd/loss is (NaN|Infinity|-Infinity) at step \\d+; lower the learning rate.*");
    }

    @Test
    void comparison_without_projection_is_refused(@TempDir Path folder) {
        assertThatThrownBy(() -> job(folder).of(method, params("adamw", true, 0.01, 30)))
                .isInstanceOfSatisfying(
                        MethodException.class, e -> assertThat(e.field()).contains("/compare"));
    }

    @Test
    void too_few_images_for_a_batch_are_refused(@TempDir Path folder) {
        assertThatThrownBy(() -> job(folder).of(method, params("adamw", false, 0.01, 300)))
                .hasMessage("360 images leave 288 to train on and 72 for the test; a batch takes 300");
    }

    @Test
    void examples_are_complete_parameters() throws MethodException {
        var reader = ParamsReader.of(AdamPParams.class, ParamsReader.validator());
        for (MethodSpec.Example example : method.spec().examples()) {
            assertThat(reader.read(example.paramsJson()).epochs()).isEqualTo(10);
        }
        assertThatThrownBy(() -> reader.read("{\"optimizer\": \"sgdp\", \"momentum\": 0, \"nesterov\": true}"))
                .hasMessageContaining("needs a momentum above 0");
        assertThatThrownBy(() -> reader.read("{\"learningRate\": 0}"))
                .isInstanceOfSatisfying(
                        MethodException.class, e -> assertThat(e.field()).contains("/learningRate"));
    }

    private static LocalRun job(Path folder) {
        return LocalRun.in(folder).threads(2).input("data", images);
    }

    private static String params(String optimizer, boolean compare, double rate, int batch) {
        return params(optimizer, compare, rate, batch, 1e-4);
    }

    private static String params(String optimizer, boolean compare, double rate, int batch, double weightDecay) {
        return """
                {"optimizer": "%s", "compare": %s, "learningRate": %s, "batch": %d, "weightDecay": %s, "hidden": [24],
                 "warmUp": 5, "epochs": 16, "noDecay": ["*.norm.*"]}""".formatted(optimizer, compare, rate, batch, weightDecay);
    }

    /** Hashes of all output files. */
    private static Map<String, String> tree(LocalRun job) throws IOException {
        Map<String, String> tree = RunFiles.hashes(job, "model", "report");
        assertThat(tree).hasSize(7);
        return tree;
    }
}
