package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** The IDX format of MNIST, plain or gzipped: big-endian magic number and sizes, then one byte a value. */
final class IdxImages {
    private static final int IMAGES = 0x803;
    private static final int LABELS = 0x801;
    private static final int MAX_IMAGES = 1 << 24;
    private static final String GZIP = ".gz";
    private static final float WHITE = 255;

    private final PartFolder part;
    private final LabelColumn labels;

    private IdxImages(PartFolder part) {
        this.part = part;
        this.labels = part.labels();
    }

    /** All pairs of the folder, one after another. */
    static ImageSet read(PartFolder part) throws IOException {
        return new IdxImages(part).read();
    }

    private ImageSet read() throws IOException {
        ImageRows images = new ImageRows();
        List<Path> files = part.files(".*images-idx3-ubyte(\\.gz)?");
        for (Path file : files) {
            if (isCopy(file, files)) {
                continue;
            }
            int count = images(file, images);
            String name = String.valueOf(file.getFileName());
            labels(file.resolveSibling(name.replace("images-idx3", "labels-idx1")), count);
        }
        return images.set(Optional.of(labels.labels()));
    }

    /** Whether a file is there unpacked, too. */
    private static boolean isCopy(Path file, List<Path> files) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(GZIP)
                && files.contains(file.resolveSibling(name.substring(0, name.length() - GZIP.length())));
    }

    private int images(Path file, ImageRows into) throws IOException {
        try (DataInputStream in = open(file)) {
            require(file, in.readInt() == IMAGES, "is not an IDX file of images");
            int count = in.readInt();
            int height = in.readInt();
            int width = in.readInt();
            require(
                    file,
                    count > 0
                            && count <= MAX_IMAGES
                            && height > 0
                            && height <= ImageShape.MAX_SIDE
                            && width > 0
                            && width <= ImageShape.MAX_SIDE
                            && (long) count * height * width <= Matrix.MAX_VALUES,
                    "claims %d images of %d×%d".formatted(count, height, width));
            ImageShape shape = new ImageShape(1, height, width);
            for (int i = 0; i < count; i++) {
                byte[] bytes = in.readNBytes(shape.size());
                require(file, bytes.length == shape.size(), "is cut off at image " + i);
                float[] pixels = new float[bytes.length];
                for (int at = 0; at < bytes.length; at++) {
                    pixels[at] = Byte.toUnsignedInt(bytes[at]) / WHITE;
                }
                into.add(part.name(file), shape, pixels);
            }
            return count;
        } catch (EOFException | ZipException e) {
            throw part.refuse(file, "is cut off or damaged");
        }
    }

    private void labels(Path file, int count) throws IOException {
        require(file, Files.isRegularFile(file), "labels are missing");
        try (DataInputStream in = open(file)) {
            require(file, in.readInt() == LABELS, "is not an IDX file of labels");
            int found = in.readInt();
            require(file, found == count, "has %d labels for %d images".formatted(found, count));
            byte[] bytes = in.readNBytes(count);
            require(file, bytes.length == count, "is cut off");
            for (int i = 0; i < count; i++) {
                labels.add(part.name(file), "row " + i, (long) Byte.toUnsignedInt(bytes[i]));
            }
        } catch (EOFException | ZipException e) {
            throw part.refuse(file, "is cut off or damaged");
        }
    }

    private static DataInputStream open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        return new DataInputStream(PartFolder.lower(file).endsWith(GZIP) ? new GZIPInputStream(in, 1 << 16) : in);
    }

    private void require(Path file, boolean holds, String otherwise) throws ArtifactException {
        if (!holds) {
            throw part.refuse(file, otherwise);
        }
    }
}
