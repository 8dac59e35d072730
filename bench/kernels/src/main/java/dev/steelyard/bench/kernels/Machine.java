package dev.steelyard.bench.kernels;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** What this machine can do at best. */
public final class Machine {
    private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final long DEFAULT_CACHE = 64L << 20;

    private Machine() {}

    /** Bytes of the largest cache the system reports; 64 MiB where it reports none. */
    public static long lastLevelCache() throws IOException {
        Path caches = Path.of("/sys/devices/system/cpu/cpu0/cache");
        if (!Files.isDirectory(caches)) {
            return DEFAULT_CACHE;
        }
        long largest = 0;
        try (Stream<Path> entries = Files.list(caches)) {
            for (Path entry : entries.toList()) {
                Path size = entry.resolve("size");
                if (Files.isRegularFile(size)) {
                    largest = Math.max(largest, bytes(Files.readString(size).strip()));
                }
            }
        }
        return largest == 0 ? DEFAULT_CACHE : largest;
    }

    private static long bytes(String size) {
        long unit = size.endsWith("K") ? 1024 : size.endsWith("M") ? 1 << 20 : 1;
        return Long.parseLong(size.replaceAll("[KM]$", "")) * unit;
    }

    /** Reads all bytes once on so many threads; nothing else is done with them. Returns bytes a second. */
    public static double readBandwidth(MemorySegment memory, int threads) throws InterruptedException {
        long part = memory.byteSize() / threads / 4096 * 4096;
        List<Thread> team = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < threads; i++) {
            MemorySegment slice = memory.asSlice(i * part, part);
            team.add(Thread.ofPlatform().start(() -> read(slice)));
        }
        for (Thread thread : team) {
            thread.join();
        }
        return part * threads * 1e9 / (System.nanoTime() - start);
    }

    private static void read(MemorySegment memory) {
        LongVector a = LongVector.zero(L);
        LongVector b = a;
        LongVector c = a;
        LongVector d = a;
        long step = L.vectorByteSize();
        for (long o = 0; o + 4 * step <= memory.byteSize(); o += 4 * step) {
            a = a.or(LongVector.fromMemorySegment(L, memory, o, LE));
            b = b.or(LongVector.fromMemorySegment(L, memory, o + step, LE));
            c = c.or(LongVector.fromMemorySegment(L, memory, o + 2 * step, LE));
            d = d.or(LongVector.fromMemorySegment(L, memory, o + 3 * step, LE));
        }
        if (a.or(b).or(c.or(d)).reduceLanes(VectorOperators.OR) == 0x5EED) {
            throw new IllegalStateException("all bits of the memory are those of the seed");
        }
    }
}
