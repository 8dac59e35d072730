package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A decoded PNG or JPEG image: grey as one channel, colour as three, transparency dropped.
 *
 * @param values from 0 to 1, channel by channel, row by row
 */
record Picture(ImageShape shape, float[] values) {
    private static final Set<String> FORMATS = Set.of("png", "jpeg");
    private static final long MAX_BYTES = 64L << 20;
    private static final float WHITE = 255;
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G'};
    private static final int PNG_COLOUR_TYPE = 25; // after the signature, the first chunk's head, sizes and depth

    /** @param name what the image is called in messages */
    static Picture read(Path file, String name) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new ArtifactException(name, null, "is larger than the %d bytes allowed".formatted(MAX_BYTES));
        }
        return decode(Files.readAllBytes(file), name);
    }

    static Picture decode(byte[] bytes, String name) throws ArtifactException {
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            ImageReader reader = reader(in, name);
            try {
                reader.setInput(in, true, true);
                int height = reader.getHeight(0);
                int width = reader.getWidth(0);
                if (Math.max(height, width) > ImageShape.MAX_SIDE) {
                    throw new ArtifactException(
                            name,
                            null,
                            "is %d×%d; sides of at most %d are read".formatted(height, width, ImageShape.MAX_SIDE));
                }
                return of(reader.read(0), isGreyPng(bytes));
            } finally {
                reader.dispose();
            }
        } catch (ArtifactException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new ArtifactException(name, null, "cannot be read as an image: " + e.getMessage());
        }
    }

    /** Only for the documented formats; what else the JDK reads has samples that are not decoded rightly here. */
    private static ImageReader reader(ImageInputStream in, String name) throws IOException {
        Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
        if (!readers.hasNext()) {
            throw new ArtifactException(name, null, "is not an image");
        }
        ImageReader reader = readers.next();
        String format = reader.getFormatName().toLowerCase(Locale.ROOT);
        if (!FORMATS.contains(format)) {
            reader.dispose();
            throw new ArtifactException(name, null, "is a %s image; PNG and JPEG are read".formatted(format));
        }
        return reader;
    }

    /** Whether the header says grey, of any depth; where it is below 8 bits, pixels are decoded as if by a palette. */
    private static boolean isGreyPng(byte[] bytes) {
        return bytes.length > PNG_COLOUR_TYPE
                && Arrays.equals(bytes, 0, PNG.length, PNG, 0, PNG.length)
                && bytes[PNG_COLOUR_TYPE] == 0;
    }

    private static Picture of(BufferedImage image, boolean greyPng) {
        boolean palette = image.getColorModel() instanceof IndexColorModel;
        boolean grey = image.getRaster().getNumBands() < 3 && (greyPng || !palette);
        ImageShape shape = new ImageShape(grey ? 1 : 3, image.getHeight(), image.getWidth());
        float[] values = new float[shape.size()];
        int plane = shape.height() * shape.width();
        float full = grey ? (1 << image.getSampleModel().getSampleSize(0)) - 1 : WHITE;
        for (int y = 0; y < shape.height(); y++) {
            for (int x = 0; x < shape.width(); x++) {
                int at = y * shape.width() + x;
                if (grey) {
                    values[at] = image.getRaster().getSample(x, y, 0) / full;
                } else {
                    int rgb = image.getRGB(x, y);
                    values[at] = (rgb >> 16 & 0xFF) / WHITE;
                    values[plane + at] = (rgb >> 8 & 0xFF) / WHITE;
                    values[2 * plane + at] = (rgb & 0xFF) / WHITE;
                }
            }
        }
        return new Picture(shape, values);
    }
}
