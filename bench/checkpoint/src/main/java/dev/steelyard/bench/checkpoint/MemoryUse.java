package dev.steelyard.bench.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Resident memory of this process.
 *
 * @param own bytes of heap, stacks, native memory and shared memory
 * @param mapped bytes of mapped files, which the system takes back when it needs them
 */
public record MemoryUse(long own, long mapped) {
    private static final Path STATUS = Path.of("/proc/self/status");

    /** What the kernel says now. */
    public static MemoryUse now() throws IOException {
        long own = 0;
        long mapped = 0;
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith("RssAnon:") || line.startsWith("RssShmem:")) {
                own += kilobytes(line) * 1024;
            } else if (line.startsWith("RssFile:")) {
                mapped = kilobytes(line) * 1024;
            }
        }
        return new MemoryUse(own, mapped);
    }

    /** The larger of each. */
    MemoryUse max(MemoryUse other) {
        return new MemoryUse(Math.max(own, other.own), Math.max(mapped, other.mapped));
    }

    private static long kilobytes(String line) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
    }
}
