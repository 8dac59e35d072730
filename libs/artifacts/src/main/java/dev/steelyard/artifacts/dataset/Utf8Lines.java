package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The lines of a file in UTF-8, one after another. Each is decoded by itself, so that the one that is not UTF-8 is
 * known. Lines end with {@code \n}, {@code \r\n} or {@code \r}, the last one with the file; a byte order mark at the
 * start, which editors on Windows write, is no part of the first.
 */
public final class Utf8Lines implements Closeable {
    private static final int BLOCK = 1 << 16;
    private static final int MAX_MIB = 64;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final InputStream in;
    private final Path path;
    private final String file;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private final byte[] block = new byte[BLOCK];
    private int at;
    private int end;
    private boolean returned;
    private int number;
    private String text = "";

    private Utf8Lines(InputStream in, Path path, String file) {
        this.in = in;
        this.path = path;
        this.file = file;
    }

    /** @param name of the file in messages */
    public static Utf8Lines open(Path file, String name) throws IOException {
        return new Utf8Lines(Files.newInputStream(file), file, name);
    }

    /**
     * Goes to the next line.
     *
     * @return whether there is one
     * @throws ArtifactException naming file and line when it is not UTF-8 or longer than 64 MiB
     */
    public boolean next() throws IOException {
        if (returned && more() && block[at] == '\n') {
            at++;
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean ended = false;
        while (!ended && more()) {
            int from = at;
            while (at < end && block[at] != '\n' && block[at] != '\r') {
                at++;
            }
            requireRoom((long) line.size() + at - from);
            line.write(block, from, at - from);
            ended = at < end;
        }
        if (!ended && line.size() == 0) {
            return false;
        }
        returned = ended && block[at] == '\r';
        at += ended ? 1 : 0;
        number++;
        text = decode(line.toByteArray());
        return true;
    }

    private void requireRoom(long length) throws ArtifactException {
        if (length > (long) MAX_MIB << 20) {
            throw refuse(number + 1, "is longer than %d MiB".formatted(MAX_MIB));
        }
    }

    private ArtifactException refuse(int line, String why) {
        return new ArtifactException(file, null, "line %d: %s".formatted(line, why)).in(path);
    }

    private boolean more() throws IOException {
        if (at == end) {
            at = 0;
            end = Math.max(0, in.read(block));
        }
        return at < end;
    }

    private String decode(byte[] line) throws ArtifactException {
        try {
            String decoded = decoder.decode(ByteBuffer.wrap(line)).toString();
            return number == 1 && decoded.startsWith(BYTE_ORDER_MARK) ? decoded.substring(1) : decoded;
        } catch (CharacterCodingException e) {
            throw refuse(number, "is not UTF-8");
        }
    }

    /** The line, without its end. */
    public String text() {
        return text;
    }

    /** Number of the line, from 1. */
    public int number() {
        return number;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
