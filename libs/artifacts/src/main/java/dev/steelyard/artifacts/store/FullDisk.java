package dev.steelyard.artifacts.store;

import java.util.stream.Stream;

/** Tells a disk without room from other failures, for which the runtime has only the operating system's words. */
public final class FullDisk {
    private static final int DEEPEST = 20;

    private FullDisk() {}

    /** Whether a failure, or one that led to it, says that the disk or the user's share of it is full. */
    public static boolean causes(Throwable thrown) {
        return Stream.iterate(thrown, t -> t != null, Throwable::getCause)
                .limit(DEEPEST)
                .map(t -> String.valueOf(t.getMessage()))
                .anyMatch(m -> m.contains("No space left on device") || m.contains("Disk quota exceeded"));
    }
}
