package dev.steelyard.launcher;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How the JVM of each application is started; images use the same flags. */
final class Jvm {
    private static final long MEGABYTE = 1L << 20;
    private static final Duration TRIM_INTERVAL = Duration.ofSeconds(10);

    private Jvm() {}

    /** The JVM this program runs on. */
    static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    /** Flags of an application, without the AOT cache. */
    static List<String> flags(String app) {
        List<String> flags = new ArrayList<>(List.of(
                "-XX:+UseSerialGC",
                "-Xms32m",
                "-Xss512k",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dfile.encoding=UTF-8",
                "-Djava.awt.headless=true"));
        if (app.equals(Distribution.GATEWAY)) {
            // It waits for others most of the time: the quick compiler starts sooner and needs less memory.
            flags.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx256m", "-XX:ReservedCodeCacheSize=48m"));
        } else {
            // The kernels need the optimizing compiler; freed heap goes back after a job, and so does what native
            // libraries freed, which malloc keeps otherwise: gigabytes after a large model.
            flags.addAll(List.of(
                    "--add-modules=jdk.incubator.vector",
                    "-Xmx" + workerHeap(machineMemory()) + "m",
                    "-XX:MinHeapFreeRatio=10",
                    "-XX:MaxHeapFreeRatio=30",
                    "-XX:ReservedCodeCacheSize=96m"));
            if (System.getProperty("os.name").equals("Linux")) {
                flags.add("-XX:TrimNativeHeapInterval=" + TRIM_INTERVAL.toMillis());
            }
        }
        return List.copyOf(flags);
    }

    /**
     * A quarter of the machine, in MB, at least 512 and at most 4096: weights are mapped, not on the heap.
     *
     * @param memory of the machine, in bytes
     */
    static long workerHeap(long memory) {
        return Math.clamp(memory / MEGABYTE / 4, 512, 4096);
    }

    private static long machineMemory() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    /** Variables for every application: few malloc arenas keep the resident size near what is used. */
    static Map<String, String> environment() {
        return Map.of("MALLOC_ARENA_MAX", "2");
    }
}
