package dev.steelyard.incremental.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.dataset.ImageShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
        refused("[ 8, 16 ]", "[ 8 ]", "hidden_sizes: expected the layers' sizes");
        refused("[ 8, 16 ]", "[ 8, 0 ]", "hidden_sizes: expected a whole number from 1 to 8192");
        refused("\"num_channels\" : 3", "\"num_channels\" : 4", "num_channels: expected a whole number from 1 to 3");
        refused("\"0\"", "\"2\"", "id2label: expected a label for each number from 0");
        refused("}", "", "not JSON");
    }

    private void refused(String part, String other, String message) throws IOException {
        Path own = Files.createTempDirectory(folder, "changed");
        String text = Files.readString(folder.resolve("config.json"));
        assertThat(text).contains(part);
        Files.writeString(own.resolve("config.json"), text.replace(part, other));
        assertThatThrownBy(() -> ImageModelConfig.read(own)).hasMessageContaining(message);
    }
}
