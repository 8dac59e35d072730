package dev.steelyard.incremental.weightcompander;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * A part of an IDX data set as a smaller one: images to train on, and others to choose settings or to test by.
 *
 * @param from folder of gzipped IDX files
 */
record FashionPart(Path from) {
    private static final int PIXELS = 28 * 28;

    /**
     * Images of one of the files.
     *
     * @param file "train" or "t10k"
     */
    record Range(String file, int begin, int end) {}

    /** Writes both ranges as training and test part. */
    Path write(Path to, Range train, Range test) throws IOException {
        Files.createDirectories(to);
        write(to, "train", train);
        write(to, "t10k", test);
        return to;
    }

    private void write(Path to, String name, Range range) throws IOException {
        byte[] images = read(range.file + "-images-idx3-ubyte.gz");
        byte[] labels = read(range.file + "-labels-idx1-ubyte.gz");
        int count = range.end - range.begin;
        write(to.resolve(name + "-images-idx3-ubyte"), images, 16 + range.begin * PIXELS, count, PIXELS);
        write(to.resolve(name + "-labels-idx1-ubyte"), labels, 8 + range.begin, count, 1);
    }

    private byte[] read(String file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(from.resolve(file)))) {
            return in.readAllBytes();
        }
    }

    private static void write(Path file, byte[] all, int from, int count, int itemBytes) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(itemBytes == 1 ? 0x801 : 0x803);
            out.writeInt(count);
            if (itemBytes > 1) {
                out.writeInt(28);
                out.writeInt(28);
            }
            out.write(all, from, count * itemBytes);
        }
        Files.write(file, bytes.toByteArray());
    }
}
