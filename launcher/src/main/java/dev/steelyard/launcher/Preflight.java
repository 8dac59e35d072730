package dev.steelyard.launcher;

import dev.steelyard.embedded.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is checked before anything starts, so that the error is one line and not a log. */
final class Preflight {
    private static final long LEAST_DISK = 3L << 29;
    private static final int LEAST_JDK = 25;
    private static final double GIGABYTE = 1 << 30;

    private Preflight() {}

    /** @throws LauncherException for the first thing that is missing */
    static void check(PlatformOptions options) {
        checkJdk(Runtime.version().feature());
        checkApplications(options);
        checkDisk(options.data());
    }

    static void checkJdk(int feature) {
        if (feature < LEAST_JDK) {
            throw new LauncherException("JDK " + LEAST_JDK + " or newer is needed; this is " + feature
                    + ". Set STEELYARD_JAVA_HOME to one.");
        }
    }

    private static void checkApplications(PlatformOptions options) {
        Distribution distribution = options.distribution();
        if (!distribution.has(Distribution.GATEWAY)) {
            throw new LauncherException(
                    "no gateway in " + distribution.root() + "/apps: make a distribution with `make dist`");
        }
        for (String service : options.services().sequencedKeySet()) {
            if (!distribution.has(service)) {
                throw new LauncherException("no service '" + service + "' in " + distribution.root()
                        + "/apps; there are: " + String.join(", ", distribution.services()));
            }
        }
    }

    private static void checkDisk(Path data) {
        Path existing = data;
        for (Path parent = data.getParent(); !Files.exists(existing) && parent != null; parent = parent.getParent()) {
            existing = parent;
        }
        try {
            long free = Files.getFileStore(existing).getUsableSpace();
            if (free < LEAST_DISK) {
                throw new LauncherException("the disk of %s has %.1f GB free; at least %.1f GB are needed"
                        .formatted(data, free / GIGABYTE, LEAST_DISK / GIGABYTE));
            }
        } catch (IOException e) {
            throw new LauncherException("cannot use the data folder " + data + ": " + e.getMessage(), e);
        }
    }

    /** A fixed port must be free; 0 is always. */
    static void checkPort(int port, String option) {
        if (port != 0 && !Ports.isFree(port)) {
            throw new LauncherException("port " + port + " of 127.0.0.1 is in use by another program; choose another"
                    + " with " + option + " (0: any free one)");
        }
    }
}
