package dev.steelyard.incremental.images;

import dev.steelyard.method.MethodException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/** The IDX format of MNIST, plain or gzipped: big-endian magic number and sizes, then one byte a value. */
final class IdxImages {
    private static final int IMAGES = 0x803;
    private static final int LABELS = 0x801;
    private static final int MAX_IMAGES = 1 << 24;
    private static final int MAX_SIDE = 4096;
    private static final float WHITE = 255;

    private final Path folder;

    IdxImages(Path folder) {
        this.folder = folder;
    }

    /** All pairs of the folder, one after another. */
    ImageSet read(List<Path> files) throws MethodException, IOException {
        List<String> names = files.stream()
                .map(ImageFolder::name)
                .filter(name -> name.contains("images-idx3-ubyte"))
                .toList();
        float[] pixels = {};
        int[] labels = {};
        ImageShape shape = null;
        for (String name : names) {
            Part part = images(name);
            if (shape != null && !shape.equals(part.shape)) {
                throw MethodException.file(name, "images of %s beside such of %s".formatted(part.shape, shape));
            }
            shape = part.shape;
            String labelFile = name.replace("images-idx3", "labels-idx1");
            pixels = concat(pixels, part.pixels);
            labels = IntStream.concat(IntStream.of(labels), IntStream.of(labels(labelFile, part.count)))
                    .toArray();
        }
        if (shape == null || labels.length == 0) {
            throw MethodException.input("no images");
        }
        int classes = IntStream.of(labels).max().orElse(0) + 1;
        return new ImageSet(
                shape, IntStream.range(0, classes).mapToObj(String::valueOf).toList(), pixels, labels);
    }

    private static final class Part {
        private final ImageShape shape;
        private final int count;
        private final float[] pixels;

        Part(ImageShape shape, int count, float[] pixels) {
            this.shape = shape;
            this.count = count;
            this.pixels = pixels;
        }
    }

    private Part images(String name) throws MethodException, IOException {
        try (DataInputStream in = open(name)) {
            require(name, in.readInt() == IMAGES, "is not an IDX file of images");
            int count = in.readInt();
            int height = in.readInt();
            int width = in.readInt();
            require(
                    name,
                    count > 0
                            && count <= MAX_IMAGES
                            && height > 0
                            && height <= MAX_SIDE
                            && width > 0
                            && width <= MAX_SIDE
                            && (long) count * height * width <= ImageFolder.MAX_VALUES,
                    "claims %d images of %d×%d".formatted(count, height, width));
            byte[] bytes = body(name, in, count * height * width);
            float[] pixels = new float[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                pixels[i] = Byte.toUnsignedInt(bytes[i]) / WHITE;
            }
            return new Part(new ImageShape(1, height, width), count, pixels);
        } catch (EOFException e) {
            throw MethodException.file(name, "is cut off");
        }
    }

    private int[] labels(String name, int count) throws MethodException, IOException {
        if (!Files.isRegularFile(folder.resolve(name))) {
            throw MethodException.file(name, "labels are missing");
        }
        try (DataInputStream in = open(name)) {
            require(name, in.readInt() == LABELS, "is not an IDX file of labels");
            int found = in.readInt();
            require(name, found == count, "has %d labels for %d images".formatted(found, count));
            byte[] bytes = body(name, in, count);
            return IntStream.range(0, count)
                    .map(i -> Byte.toUnsignedInt(bytes[i]))
                    .toArray();
        } catch (EOFException e) {
            throw MethodException.file(name, "is cut off");
        }
    }

    private static byte[] body(String name, DataInputStream in, int length) throws MethodException, IOException {
        byte[] bytes = in.readNBytes(length);
        require(name, bytes.length == length, "is cut off");
        return bytes;
    }

    private DataInputStream open(String name) throws IOException {
        InputStream in = Files.newInputStream(folder.resolve(name));
        return new DataInputStream(name.endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in);
    }

    private static void require(String name, boolean holds, String otherwise) throws MethodException {
        if (!holds) {
            throw MethodException.file(name, otherwise);
        }
    }

    private static float[] concat(float[] a, float[] b) {
        float[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
