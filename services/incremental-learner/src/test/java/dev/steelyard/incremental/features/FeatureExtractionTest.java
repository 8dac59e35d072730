package dev.steelyard.incremental.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.dataset.Dataset;
import dev.steelyard.artifacts.dataset.FeatureFile;
import dev.steelyard.artifacts.dataset.FeatureSet;
import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.incremental.MiniLm;
import dev.steelyard.incremental.adamp.AdamPTraining;
import dev.steelyard.incremental.weightcompander.WeightCompanderTraining;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.local.LocalRun;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.train.TensorFile;
import dev.steelyard.tensor.train.TrainingState;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FeatureExtractionTest {
    private static final int SIDE = 8;

    private Path folder = Path.of("");
    private Path images = Path.of("");
    private Path mlp = Path.of("");
    private int runs;

    @BeforeAll
    void drawAndTrain(@TempDir Path root) throws Exception {
        folder = root;
        images = draw("images", "train", "test");
        mlp = train("mlp", "[24, 12]");
    }

    /** A bright row at another height for each of two classes, under noise. */
    private Path draw(String name, String... parts) throws IOException {
        Random random = new Random(5);
        Path root = folder.resolve(name);
        for (String part : parts) {
            for (int label = 0; label < 2; label++) {
                Path target = Files.createDirectories(root.resolve(part).resolve(label == 0 ? "high" : "low"));
                for (int i = 0; i < 60; i++) {
                    var image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
                    for (int at = 0; at < SIDE * SIDE; at++) {
                        int bright = at / SIDE == 2 * label + 1 ? 120 : 0;
                        image.getRaster().setSample(at % SIDE, at / SIDE, 0, bright + random.nextInt(130));
                    }
                    ImageIO.write(
                            image,
                            "png",
                            target.resolve("%03d.png".formatted(i)).toFile());
                }
            }
        }
        return root;
    }

    private Path train(String network, String hidden) throws Exception {
        LocalRun run = run().input("data", images);
        run.of(
                new AdamPTraining(),
                "{\"network\": \"%s\", \"hidden\": %s, \"epochs\": 4, \"batch\": 20}".formatted(network, hidden));
        return run.output("model");
    }

    private LocalRun run() throws IOException {
        return LocalRun.in(Files.createDirectories(folder.resolve("run-" + runs++)))
                .threads(2);
    }

    private Dataset extract(Path data, Path encoder, String params) throws Exception {
        LocalRun run = run().input("data", data).input("encoder", encoder);
        run.of(new FeatureExtraction(), params);
        return Dataset.read(run.output("features"));
    }

    @Test
    void pixels_keep_parts_labels_and_values() throws Exception {
        LocalRun run = run().input("data", images);
        run.of(new FeatureExtraction(), "{}");

        Dataset made = Dataset.read(run.output("features"));
        ImageSet test = (ImageSet) Dataset.read(images).test().orElseThrow();
        FeatureSet features = (FeatureSet) made.test().orElseThrow();
        assertThat(made.train().orElseThrow().size()).isEqualTo(120);
        assertThat(features.values().floats(new int[] {7, 119})).containsExactly(test.pixels(new int[] {7, 119}));
        assertThat(features.labels().orElseThrow().classes()).containsExactly("high", "low");
        assertThat(features.labels().orElseThrow().name(119)).isEqualTo("low");
        assertThat(features.origin()).containsEntry("origin", "pixels 1×8×8").containsKey("data");
    }

    @Test
    void held_out_parts_without_a_training_part_stay_held_out() throws Exception {
        for (String[] parts : new String[][] {{"test"}, {"validation", "test"}}) {
            LocalRun run = run().input("data", draw("held-" + parts.length, parts));
            run.of(new FeatureExtraction(), "{}");

            Dataset made = Dataset.read(run.output("features"));

            assertThat(made.train()).isEmpty();
            assertThat(made.validation().isPresent()).isEqualTo(parts.length == 2);
            assertThat(made.test().orElseThrow().size()).isEqualTo(120);
        }
    }

    @Test
    void part_without_labels_leaves_those_of_others() throws Exception {
        Path data = folder.resolve("partly");
        Files.createDirectories(data.resolve("train"));
        Files.createDirectories(data.resolve("test"));
        Files.writeString(data.resolve("train/rows.jsonl"), """
                {"image": "0.png", "label": "b"}
                {"image": "0.png", "label": "a"}
                """);
        for (String file : new String[] {"train/0.png", "test/0.png"}) {
            var image = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
            ImageIO.write(image, "png", data.resolve(file).toFile());
        }
        LocalRun run = run().input("data", data);
        run.of(new FeatureExtraction(), "{}");

        Dataset made = Dataset.read(run.output("features"));

        assertThat(made.train().orElseThrow().labels().orElseThrow().name(0)).isEqualTo("b");
        assertThat(made.test().orElseThrow().labels()).isEmpty();
    }

    @Test
    void the_last_layer_on_penultimate_features_gives_the_logits() throws Exception {
        LocalRun residual = run().input("data", images);
        residual.of(
                new WeightCompanderTraining(),
                "{\"network\": \"residual\", \"hidden\": [4, 6], \"epochs\": 1, \"batch\": 20}");
        Map<Path, Integer> widths = Map.of(mlp, 12, train("cnn", "[4, 6]"), 6 * 2 * 2, residual.output("model"), 6);
        for (Path model : widths.keySet()) {
            FeatureSet penultimate =
                    (FeatureSet) extract(images, model, "{}").train().orElseThrow();
            FeatureSet logits = (FeatureSet)
                    extract(images, model, "{\"layer\": \"logits\"}").train().orElseThrow();

            assertThat(penultimate.values().columns()).isEqualTo(widths.get(model));
            try (var _ = TensorScope.open()) {
                var weights = TensorFile.read(model.resolve("model.safetensors"));
                int[] rows = {0, 59, 119};
                float[] expected = Tensors.toFloats(Tensors.of(
                                penultimate.values().floats(rows),
                                3,
                                penultimate.values().columns())
                        .mm(TrainingState.require(weights, "classifier.weight").t())
                        .add(TrainingState.require(weights, "classifier.bias")));
                assertThat(logits.values().floats(rows)).containsExactly(expected, Offset.offset(1e-5f));
            }
            assertThat(penultimate.origin()).containsEntry("layer", "penultimate");
            assertThat(penultimate.origin().get("origin"))
                    .isNotEqualTo(logits.origin().get("origin"));
        }
    }

    @Test
    void vectors_made_before_are_those_a_job_makes_itself() throws Exception {
        LocalRun run = run().input("data", images).input("encoder", mlp);
        run.of(new FeatureExtraction(), "{}");
        Path features = run.output("features");
        var choice = new EncoderChoice("auto", "penultimate");

        Samples before = Samples.read(LocalRun.in(folder).threads(2).input("data", features), choice);
        Samples itself = Samples.read(
                LocalRun.in(folder).threads(2).input("data", images).input("encoder", mlp), choice);

        assertThat(before.origin()).isEqualTo(itself.origin());
        int[] rows = {0, 100, 239};
        assertThat(before.values().floats(rows)).containsExactly(itself.values().floats(rows));
        assertThat(Samples.names(before.requireLabels(), rows))
                .containsExactly(Samples.names(itself.requireLabels(), rows));
    }

    @Test
    void texts_are_pooled_as_asked() throws Exception {
        Path model = MiniLm.imported(folder.resolve("minilm"));
        Path texts = Files.createDirectories(folder.resolve("texts"));
        Files.writeString(texts.resolve("rows.jsonl"), """
                {"text": "The cat sits outside", "label": 7}
                {"text": "A feline rests in the garden", "label": 7}
                {"text": "The stock market fell sharply", "label": 3}
                """);

        FeatureSet mean = (FeatureSet) extract(texts, model, "{}").train().orElseThrow();
        FeatureSet cls = (FeatureSet)
                extract(texts, model, "{\"pool\": \"cls\"}").train().orElseThrow();

        assertThat(mean.values().columns()).isEqualTo(384);
        assertThat(dot(mean, 0, 1)).isGreaterThan(0.5);
        assertThat(dot(mean, 0, 2)).isLessThan(0.2);
        assertThat(dot(cls, 0, 0)).isEqualTo(1, Offset.offset(1e-5));
        assertThat(cls.values().get(0, 0)).isNotEqualTo(mean.values().get(0, 0));
        assertThat(mean.labels().orElseThrow().numbers()).isTrue();
        assertThat(mean.labels().orElseThrow().name(2)).isEqualTo("3");
        assertThat(mean.origin()).containsEntry("pool", "mean").containsKeys("encoder", "preprocessing", "data");
        assertThat(cls.origin().get("origin")).isNotEqualTo(mean.origin().get("origin"));
    }

    private static double dot(FeatureSet set, int one, int other) {
        double sum = 0;
        for (int i = 0; i < set.values().columns(); i++) {
            sum += set.values().get(one, i) * set.values().get(other, i);
        }
        return sum;
    }

    @Test
    void interrupted_job_ends_with_the_same_bits() throws Exception {
        Path many = Files.createDirectories(folder.resolve("many"));
        ByteBuffer pixels = ByteBuffer.allocate(16 + 5000 * 16)
                .putInt(0x803)
                .putInt(5000)
                .putInt(4)
                .putInt(4);
        ByteBuffer labels = ByteBuffer.allocate(8 + 5000).putInt(0x801).putInt(5000);
        new Random(1).ints(5000 * 16).forEach(value -> pixels.put((byte) value));
        Files.write(many.resolve("a-images-idx3-ubyte"), pixels.array());
        Files.write(many.resolve("a-labels-idx1-ubyte"), labels.array());
        String params = "{\"batch\": 100}";
        var whole = LocalRun.in(folder.resolve("whole")).threads(2).input("data", many);
        whole.of(new FeatureExtraction(), params);
        var stopped = LocalRun.in(folder.resolve("stopped")).threads(2).input("data", many);

        assertThatThrownBy(() -> stopped.cancelAfter(30).of(new FeatureExtraction(), params))
                .isInstanceOf(InterruptedException.class);
        stopped.of(new FeatureExtraction(), params);

        assertThat(stopped.lines()).containsExactly("continues after 2100 rows");
        assertThat(stopped.output("features").resolve(FeatureFile.NAME))
                .hasSameBinaryContentAs(whole.output("features").resolve(FeatureFile.NAME));
    }

    @Test
    void what_does_not_fit_is_refused() throws Exception {
        Path texts = Files.createDirectories(folder.resolve("some"));
        Files.writeString(texts.resolve("rows.jsonl"), "{\"text\": \"hello\"}");
        Path vectors = Files.createDirectories(folder.resolve("vectors"));
        FeatureFile.write(vectors, 2, new float[] {1, 2}, new long[0], Map.of());
        Path wide = Files.createDirectories(folder.resolve("wide"));
        ImageIO.write(
                new BufferedImage(9, 8, BufferedImage.TYPE_BYTE_GRAY),
                "png",
                wide.resolve("1.png").toFile());
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.writeString(other.resolve("config.json"), "{\"model_type\": \"bert\"}");

        assertRefused(vectors, mlp, "data: holds vectors already");
        assertRefused(texts, mlp, "encoder: is one for images, data holds texts");
        assertRefused(wide, mlp, "data: holds images of 1×8×9, the encoder takes 1×8×8");
        assertRefused(images, other, "encoder: config.json names no image classifier");
        assertThatThrownBy(() -> run().input("data", texts).of(new FeatureExtraction(), "{}"))
                .hasMessageContaining("data: holds texts, which need the input encoder");
    }

    private void assertRefused(Path data, Path encoder, String why) {
        assertThatThrownBy(() -> extract(data, encoder, "{}"))
                .isInstanceOf(MethodException.class)
                .hasMessageContaining(why);
    }

    @Test
    void classifier_that_is_not_what_its_config_says_is_refused() throws Exception {
        Path model = Files.createDirectories(folder.resolve("liar"));
        Files.copy(mlp.resolve("model.safetensors"), model.resolve("model.safetensors"));
        Files.writeString(
                model.resolve("config.json"),
                Files.readString(mlp.resolve("config.json")).replace("24", "23"));

        assertThatThrownBy(() -> extract(images, model, "{}"))
                .hasMessageContaining("model.safetensors: is not what config.json says: layers.0.linear.weight");
    }

    @Test
    void vectors_that_are_not_finite_are_refused_by_row() throws Exception {
        Path model = Files.createDirectories(folder.resolve("broken"));
        Files.copy(mlp.resolve("config.json"), model.resolve("config.json"));
        Torch.start(2);
        try (var _ = TensorScope.open()) {
            var weights = TensorFile.read(mlp.resolve("model.safetensors"));
            float[] values = Tensors.toFloats(TrainingState.require(weights, "classifier.bias"));
            values[1] = Float.NaN;
            weights.put("classifier.bias", Tensors.of(values, values.length));
            TensorFile.write(model.resolve("model.safetensors"), weights, Map.of("format", "pt"));
        }

        assertThatThrownBy(() -> extract(images, model, "{\"layer\": \"logits\"}"))
                .isInstanceOf(MethodException.class)
                .hasMessage("data: train/row 0: feature 1 comes out as NaN");
    }
}
