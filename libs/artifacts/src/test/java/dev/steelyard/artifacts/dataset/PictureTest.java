package dev.steelyard.artifacts.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.artifacts.ArtifactException;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PictureTest {
    private static final int DEPTH = 24;
    private static final int COLOUR_TYPE = 25;
    private static final int GREY = 0;
    private static final int PALETTE = 3;

    @Test
    void grey_is_one_channel_whatever_its_depth() throws IOException {
        for (int depth : new int[] {1, 2, 4, 8, 16}) {
            byte[] png = png(grey(depth));
            assertThat(png[DEPTH]).isEqualTo((byte) depth);
            assertThat(png[COLOUR_TYPE]).isEqualTo((byte) GREY);

            Picture picture = Picture.decode(png, "a.png");

            int white = (1 << depth) - 1;
            assertThat(picture.shape()).as("%d bits", depth).isEqualTo(new ImageShape(1, 1, 3));
            assertThat(picture.values()).containsExactly(new float[] {0, 1f / white, 1}, within(1e-7f));
        }
    }

    @Test
    void palette_is_colour_even_where_its_colours_are_grey() throws IOException {
        byte[] red = {0, (byte) 255, 51, 102};
        byte[] green = {0, 0, 51, 102};
        byte[] blue = {0, 0, (byte) 255, 102};
        assertThat(palette(red, green, blue)).containsExactly(0, 1, 0.2f, 0, 0, 0.2f, 0, 0, 1);
        assertThat(palette(red, red, red)).containsExactly(0, 1, 0.2f, 0, 1, 0.2f, 0, 1, 0.2f);
    }

    @Test
    void formats_other_than_png_and_jpeg_are_refused_whatever_the_name() throws IOException {
        var image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_GRAY);
        for (String format : new String[] {"bmp", "gif", "tif"}) {
            byte[] bytes = write(image, format);
            assertThatThrownBy(() -> Picture.decode(bytes, "a.png"))
                    .isInstanceOf(ArtifactException.class)
                    .hasMessage("a.png: is a %s image; PNG and JPEG are read".formatted(format));
        }
        assertThat(Picture.decode(write(image, "jpeg"), "a.jpg").shape()).isEqualTo(new ImageShape(1, 1, 3));
    }

    private static float[] palette(byte[] red, byte[] green, byte[] blue) throws IOException {
        byte[] png = png(packed(new IndexColorModel(2, 4, red, green, blue), 0, 1, 2));
        assertThat(png[COLOUR_TYPE]).isEqualTo((byte) PALETTE);
        Picture picture = Picture.decode(png, "a.png");
        assertThat(picture.shape()).isEqualTo(new ImageShape(3, 1, 3));
        return picture.values();
    }

    /** Black, the darkest grey and white. */
    private static BufferedImage grey(int depth) {
        int white = (1 << depth) - 1;
        if (depth < 8) {
            byte[] ramp = new byte[white + 1];
            for (int i = 0; i <= white; i++) {
                ramp[i] = (byte) (255 * i / white);
            }
            return packed(new IndexColorModel(depth, ramp.length, ramp, ramp, ramp), 0, 1, white);
        }
        var image = new BufferedImage(3, 1, depth == 8 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_USHORT_GRAY);
        image.getRaster().setSamples(0, 0, 3, 1, 0, new int[] {0, 1, white});
        return image;
    }

    private static BufferedImage packed(IndexColorModel colours, int... pixels) {
        var image = new BufferedImage(pixels.length, 1, BufferedImage.TYPE_BYTE_BINARY, colours);
        image.getRaster().setSamples(0, 0, pixels.length, 1, 0, pixels);
        return image;
    }

    private static byte[] png(BufferedImage image) throws IOException {
        return write(image, "png");
    }

    private static byte[] write(BufferedImage image, String format) throws IOException {
        var out = new ByteArrayOutputStream();
        ImageIO.write(image, format, out);
        return out.toByteArray();
    }
}
