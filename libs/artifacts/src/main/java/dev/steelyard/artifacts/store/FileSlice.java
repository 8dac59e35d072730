package dev.steelyard.artifacts.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A range of a file's bytes. */
final class FileSlice extends InputStream {
    private final FileChannel channel;
    private long left;

    FileSlice(Path file, long offset, long length) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            if (offset < 0 || offset > channel.size() || length < 0) {
                throw new IOException("range " + offset + "+" + length + " of a file of " + channel.size() + " bytes");
            }
            channel.position(offset);
            left = Math.min(length, channel.size() - offset);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (left == 0) {
            return -1;
        }
        int read = channel.read(ByteBuffer.wrap(into, offset, (int) Math.min(length, left)));
        if (read > 0) {
            left -= read;
        }
        return read;
    }

    @Override
    public int available() {
        return (int) Math.min(left, Integer.MAX_VALUE);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
