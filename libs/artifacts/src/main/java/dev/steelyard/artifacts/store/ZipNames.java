package dev.steelyard.artifacts.store;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/** Walks the names in a ZIP archive's central directory (PKWARE APPNOTE 4.3) over a mapping, however large it is. */
final class ZipNames {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int ENTRY = 0x02014b50;
    private static final int ENTRY_BYTES = 46;
    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int MAX_COMMENT = 0xffff;
    private static final int MAX_ENDS = 16;
    private static final int LOCATOR_64 = 0x07064b50;
    private static final int LOCATOR_64_BYTES = 20;
    private static final int END_64 = 0x06064b50;
    private static final int END_64_BYTES = 56;

    private final MemorySegment zip;

    private ZipNames(MemorySegment zip) {
        this.zip = zip;
    }

    /** Whether some entry's name matches; false when the file is no archive that a reader could open. */
    static boolean anyMatch(FileChannel channel, Predicate<String> predicate) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return new ZipNames(channel.map(MapMode.READ_ONLY, 0, channel.size(), arena)).anyMatch(predicate);
        }
    }

    /**
     * Looks from every place where the directory may end and for every place where it may begin: readers do not agree
     * on which one counts, and an archive may follow other bytes.
     */
    private boolean anyMatch(Predicate<String> predicate) {
        long last = zip.byteSize() - END_BYTES;
        int ends = 0;
        for (long end = last; end >= 0 && end >= last - MAX_COMMENT; end--) {
            if (zip.get(INT, end) == END) {
                if (++ends > MAX_ENDS) {
                    return true; // no honest archive: it is not worth finding out what is in it
                }
                if (beginnings(end).distinct().anyMatch(begin -> anyMatch(begin, predicate))) {
                    return true;
                }
            }
        }
        return false;
    }

    private LongStream beginnings(long end) {
        LongStream plain = LongStream.of(
                Integer.toUnsignedLong(zip.get(INT, end + 16)), end - Integer.toUnsignedLong(zip.get(INT, end + 12)));
        long locator = end - LOCATOR_64_BYTES;
        if (locator < 0 || zip.get(INT, locator) != LOCATOR_64) {
            return plain;
        }
        LongStream large = LongStream.of(zip.get(LONG, locator + 8), locator - END_64_BYTES)
                .filter(at -> at >= 0 && at <= zip.byteSize() - END_64_BYTES && zip.get(INT, at) == END_64)
                .flatMap(at -> LongStream.of(zip.get(LONG, at + 48), at - zip.get(LONG, at + 40)));
        return LongStream.concat(plain, large);
    }

    private boolean anyMatch(long begin, Predicate<String> predicate) {
        long entry = begin;
        while (entry >= 0 && entry <= zip.byteSize() - ENTRY_BYTES && zip.get(INT, entry) == ENTRY) {
            int length = Short.toUnsignedInt(zip.get(SHORT, entry + 28));
            if (length > zip.byteSize() - ENTRY_BYTES - entry) {
                return false;
            }
            if (predicate.test(name(entry + ENTRY_BYTES, length))) {
                return true;
            }
            entry += ENTRY_BYTES
                    + length
                    + Short.toUnsignedInt(zip.get(SHORT, entry + 30))
                    + Short.toUnsignedInt(zip.get(SHORT, entry + 32));
        }
        return false;
    }

    private String name(long at, int length) {
        return new String(zip.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
    }
}
