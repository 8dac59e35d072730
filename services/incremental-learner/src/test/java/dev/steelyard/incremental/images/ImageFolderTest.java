package dev.steelyard.incremental.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.method.MethodException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
    @TempDir
    Path folder;

    @Test
    void idx_files_are_read_plain_and_gzipped() throws Exception {
        Files.write(folder.resolve("a-images-idx3-ubyte.gz"), gzip(idx(0x803, 2, 1, 2, 0, 255, 51, 102)));
        Files.write(folder.resolve("a-labels-idx1-ubyte.gz"), gzip(idxLabels(2, 1, 0)));
        Files.write(folder.resolve("b-images-idx3-ubyte"), idx(0x803, 1, 1, 2, 255, 255));
        Files.write(folder.resolve("b-labels-idx1-ubyte"), idxLabels(1, 2));

        ImageSet set = ImageFolder.read(folder);

        assertThat(set.shape()).isEqualTo(new ImageShape(1, 1, 2));
        assertThat(set.labels(new int[] {0, 1, 2})).containsExactly(1, 0, 2);
        assertThat(set.pixels(new int[] {1, 0, 2})).containsExactly(0.2f, 0.4f, 0, 1, 1, 1);
        assertThat(set.classes()).containsExactly("0", "1", "2");
    }

    @Test
    void damaged_idx_files_are_refused_by_name() throws IOException {
        Files.write(folder.resolve("a-images-idx3-ubyte"), idx(0x803, 2, 1, 2, 0, 255, 51));
        Files.write(folder.resolve("a-labels-idx1-ubyte"), idxLabels(2, 1, 0));
        assertRefused("a-images-idx3-ubyte", "is cut off");

        Files.write(folder.resolve("a-images-idx3-ubyte"), idx(0x803, 2, 1, 2, 0, 255, 51, 102));
        Files.write(folder.resolve("a-labels-idx1-ubyte"), idxLabels(1, 1));
        assertRefused("a-labels-idx1-ubyte", "has 1 labels for 2 images");

        Files.write(folder.resolve("a-images-idx3-ubyte"), idx(0x803, 1 << 24, 4000, 4000, 0));
        assertRefused("a-images-idx3-ubyte", "claims 16777216 images of 4000×4000");

        Files.write(folder.resolve("a-images-idx3-ubyte"), idx(0x801, 1, 1, 2, 0, 0));
        assertRefused("a-images-idx3-ubyte", "is not an IDX file of images");
    }

    @Test
    void digits_are_read_from_json_by_class() throws Exception {
        Files.writeString(folder.resolve("0.json"), json("0.5", 784));
        Files.writeString(folder.resolve("1.json"), json("1", 1568));

        ImageSet set = ImageFolder.read(folder);

        assertThat(set.shape()).isEqualTo(new ImageShape(1, 28, 28));
        assertThat(set.labels(new int[] {0, 1, 2})).containsExactly(0, 1, 1);
        assertThat(set.pixels(new int[] {0})).containsOnly(0.5f);
    }

    @Test
    void json_that_is_no_digits_is_refused_by_name() throws IOException {
        Files.writeString(folder.resolve("0.json"), json("0.5", 783));
        assertRefused("0.json", "image 0 has 783 of 784 values");

        Files.writeString(folder.resolve("0.json"), json("7", 784));
        assertRefused("0.json", "image 0: 7.0 is not from 0 to 1");

        Files.writeString(folder.resolve("0.json"), "{\"data\": [0.5,");
        assertThatThrownBy(() -> ImageFolder.read(folder))
                .isInstanceOfSatisfying(
                        MethodException.class, e -> assertThat(e.file()).contains("0.json"));
    }

    @Test
    void colour_images_are_read_channel_by_channel() throws Exception {
        for (String name : new String[] {"cat", "dog"}) {
            var image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
            image.setRGB(0, 0, 0xFF3300);
            image.setRGB(1, 0, 0x0000FF);
            Files.createDirectories(folder.resolve(name));
            ImageIO.write(image, "png", folder.resolve(name).resolve("1.png").toFile());
        }

        ImageSet set = ImageFolder.read(folder);

        assertThat(set.classes()).containsExactly("cat", "dog");
        assertThat(set.shape()).isEqualTo(new ImageShape(3, 1, 2));
        assertThat(set.pixels(new int[] {1})).containsExactly(1, 0, 0.2f, 0, 0, 1);
    }

    @Test
    void unreadable_and_odd_sized_images_are_refused_by_name() throws IOException {
        Files.createDirectories(folder.resolve("a"));
        Files.createDirectories(folder.resolve("b"));
        ImageIO.write(
                new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY),
                "png",
                folder.resolve("a/1.png").toFile());
        ImageIO.write(
                new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY),
                "png",
                folder.resolve("b/1.png").toFile());
        assertRefused("b/1.png", "is 1×2×2, images before it are 1×1×2");

        Files.writeString(folder.resolve("b/1.png"), "no image");
        assertRefused("b/1.png", "is not an image");
    }

    @Test
    void folder_without_images_is_refused() {
        assertThatThrownBy(() -> ImageFolder.read(folder)).hasMessageStartingWith("no images found");
    }

    private void assertRefused(String file, String why) {
        assertThatThrownBy(() -> ImageFolder.read(folder)).isInstanceOfSatisfying(MethodException.class, e -> {
            assertThat(e.file()).contains(file);
            assertThat(e).hasMessage(why);
        });
    }

    private static String json(String value, int count) {
        return "{\"data\": [" + (value + ",").repeat(count - 1) + value + "]}";
    }

    private static byte[] idx(int magic, int count, int height, int width, int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(16 + values.length);
        bytes.putInt(magic).putInt(count).putInt(height).putInt(width);
        for (int value : values) {
            bytes.put((byte) value);
        }
        return bytes.array();
    }

    private static byte[] idxLabels(int count, int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 + values.length);
        bytes.putInt(0x801).putInt(count);
        for (int value : values) {
            bytes.put((byte) value);
        }
        return bytes.array();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        return out.toByteArray();
    }
}
