package dev.steelyard.incremental.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.dataset.ImageShape;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.Normalization;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageModelConfigTest {
    private static final ImageShape SHAPE = new ImageShape(3, 8, 9);

    @TempDir
    Path folder;

    @Test
    void what_is_written_is_read() throws IOException {
        for (String normalization : List.of("batch", "none")) {
            var config = new ImageModelConfig("strided", List.of(8, 16), normalization, SHAPE, List.of("cat", "dog"));
            Path own = Files.createDirectories(folder.resolve(normalization));
            config.write(own);

            assertThat(ImageModelConfig.read(own)).isEqualTo(config);
            config.ofWhitened().write(own);
            assertThatThrownBy(() -> ImageModelConfig.read(own))
                    .hasMessage("config.json: whitening: expected a classifier of images as they are, not as "
                            + "whitening.safetensors whitens them, found true");
        }
    }

    @Test
    void fields_that_are_wrong_are_named() throws IOException {
        assertThatThrownBy(() -> ImageModelConfig.read(folder))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("config.json");
        new ImageModelConfig("cnn", List.of(8, 16), "batch", SHAPE, List.of("cat", "dog")).write(folder);
        refused(
                "steelyard-image-cnn",
                "bert",
                "model_type: expected steelyard-image-mlp, -cnn, -conv, -strided or -residual");
        refused("[ 8, 16 ]", "[ 8 ]", "hidden_sizes: expected two numbers, found [8]");
        refused("[ 8, 16 ]", "[ 8, 0 ]", "hidden_sizes: expected whole numbers from 1 to 8192");
        refused("-cnn", "-mlp", "[ 8, 16 ]", "[1,1,1,1,1,1,1,1,1]", "hidden_sizes: expected at most 8 numbers");
        refused("\"num_channels\" : 3", "\"num_channels\" : 4", "num_channels: expected a whole number from 1 to 3");
        refused("_height\" : 8", "_height\" : 3", "image_height: expected a whole number from 4 to 4096, found 3");
        refused("\"0\"", "\"2\"", "id2label: expected a label for each number from 0");
        refused("}", "", "not valid JSON");
    }

    @Test
    void weights_that_are_too_few_are_refused_before_any_are_made() throws IOException {
        for (String network : List.of("mlp", "cnn", "conv", "strided", "residual")) {
            Path own = Files.createDirectories(folder.resolve(network));
            var small = new ImageModelConfig(network, List.of(8, 16), "batch", SHAPE, List.of("cat", "dog"));
            var large = new ImageModelConfig(network, List.of(8192, 8192), "batch", SHAPE, List.of("cat", "dog"));
            try (var store = new ParameterStore();
                    var _ = TensorScope.open();
                    var random = new RandomTensors(Torch.start(2), 1)) {
                small.build(Parts.of(store, random, Normalization.NONE));
                TensorFile.write(own.resolve("model.safetensors"), store.exported(), Map.of());
            }

            small.requireWeights(own);
            assertThatThrownBy(() -> large.requireWeights(own))
                    .hasMessageMatching("config.json: hidden_sizes: \\[8192, 8192] make \\d+ weights or more, "
                            + "model.safetensors holds \\d+");
        }
    }

    @Test
    void images_that_are_too_small_to_be_halved_twice_are_refused() {
        assertThatThrownBy(() ->
                        ImageModelConfig.of("cnn", List.of(8, 16), "batch", new ImageShape(1, 3, 9), List.of("cat")))
                .hasMessage("a cnn takes images of 4×4 pixels or more, these are 3×9");
    }

    private void refused(String part, String other, String message) throws IOException {
        refused("-cnn", "-cnn", part, other, message);
    }

    private void refused(String type, String otherType, String part, String other, String message) throws IOException {
        Path own = Files.createTempDirectory(folder, "changed");
        String text = Files.readString(folder.resolve("config.json"));
        assertThat(text).contains(part, type);
        Files.writeString(own.resolve("config.json"), text.replace(part, other).replace(type, otherType));
        assertThatThrownBy(() -> ImageModelConfig.read(own)).hasMessageContaining(message);
    }
}
