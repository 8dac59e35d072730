package dev.steelyard.artifacts.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array of NumPy's format 1 to 3, in C order: "\x93NUMPY", version, header length, a Python literal that names type
 * and shape, values.
 *
 * @param type such as "f4": kind and bytes, always little-endian (one byte has no order)
 * @param shape one or two sizes
 * @param values the bytes
 */
record NpyFile(String type, int[] shape, ByteBuffer values) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MAX_HEADER = 1 << 16;
    private static final Pattern HEADER =
            Pattern.compile("\\{\\s*'descr':\\s*'([<|])([fiub][1248])',\\s*'fortran_order':\\s*False,\\s*"
                    + "'shape':\\s*\\((\\d{1,10}),?\\s*(\\d{1,10})?,?\\s*\\),?\\s*}\\s*");

    static NpyFile read(PartFolder part, Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer start = read(channel, 0, (int) Math.min(12, channel.size()));
            byte[] magic = new byte[MAGIC.length];
            if (start.remaining() < 12 || !Arrays.equals(take(start, magic), MAGIC)) {
                throw part.refuse(file, "is not a NumPy array");
            }
            int major = start.get();
            start.get(); // minor version
            long length = major == 1 ? Short.toUnsignedInt(start.getShort()) : Integer.toUnsignedLong(start.getInt());
            long begin = major == 1 ? 10 : 12;
            if (major < 1 || major > 3 || length > MAX_HEADER || begin + length > channel.size()) {
                throw part.refuse(file, "is not a NumPy array of format 1 to 3, or is cut off");
            }
            String header = StandardCharsets.UTF_8
                    .decode(read(channel, begin, (int) length))
                    .toString();
            Matcher form = HEADER.matcher(header);
            if (!form.matches()) {
                throw part.refuse(
                        file,
                        "header %s: expected a little-endian array of one or two dimensions in C order"
                                .formatted(header.strip()));
            }
            return body(part, file, channel, begin + length, form);
        }
    }

    private static NpyFile body(PartFolder part, Path file, FileChannel channel, long begin, Matcher form)
            throws IOException {
        long rows = Long.parseLong(form.group(3));
        boolean flat = form.group(4) == null;
        long columns = flat ? 1 : Long.parseLong(form.group(4));
        int size = form.group(2).charAt(1) - '0';
        long most = Math.min(Matrix.MAX_VALUES, (Integer.MAX_VALUE - 8) / size);
        if (rows < 1 || columns < 1 || rows > most / columns) {
            throw part.refuse(file, "holds %d × %d values; 1 to %d are read".formatted(rows, columns, most));
        }
        long bytes = rows * columns * size;
        if (channel.size() - begin != bytes) {
            throw part.refuse(
                    file, "has %d bytes of values, its header says %d".formatted(channel.size() - begin, bytes));
        }
        int[] shape = flat ? new int[] {(int) rows} : new int[] {(int) rows, (int) columns};
        return new NpyFile(form.group(2), shape, read(channel, begin, (int) bytes));
    }

    private static byte[] take(ByteBuffer from, byte[] into) {
        from.get(into);
        return into;
    }

    private static ByteBuffer read(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) >= 0) {
            // until it is full
        }
        return buffer.flip();
    }
}
