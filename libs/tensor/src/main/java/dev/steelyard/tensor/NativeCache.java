package dev.steelyard.tensor;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.TimeZone;
import java.util.stream.Stream;

/**
 * The folder that the native libraries of one version are unpacked into, shared by all processes of a user.
 *
 * <p>JavaCPP alone leaves two holes: a library can be found by the dynamic linker while another process still writes
 * it, and a process killed while unpacking leaves a truncated one behind; either way the next process dies of SIGBUS.
 * Therefore only a folder that was once loaded from in full counts as complete; any other is emptied first, while
 * everybody else waits.
 */
record NativeCache(Path folder) {
    private static final String LOCK = "steelyard.lock";
    private static final String COMPLETE = "steelyard.complete";

    /** Runs {@code load}, which unpacks what is missing, when no other process is unpacking. */
    void load(Runnable load) throws IOException {
        Files.createDirectories(folder);
        try (FileChannel channel = FileChannel.open(
                folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            while (!loadComplete(channel, load) && !loadIncomplete(channel, load)) {
                // another process completed the folder between the two locks
            }
        }
    }

    private boolean loadComplete(FileChannel channel, Runnable load) throws IOException {
        try (FileLock _ = channel.lock(0, Long.MAX_VALUE, true)) {
            if (!isComplete()) {
                return false;
            }
            load.run();
            return true;
        }
    }

    private boolean loadIncomplete(FileChannel channel, Runnable load) throws IOException {
        try (FileLock _ = channel.lock()) {
            if (isComplete()) {
                return false;
            }
            empty();
            load.run();
            Files.writeString(folder.resolve(COMPLETE), stamp());
            return true;
        }
    }

    private boolean isComplete() throws IOException {
        Path complete = folder.resolve(COMPLETE);
        return Files.exists(complete) && Files.readString(complete).equals(stamp());
    }

    /** JavaCPP unpacks again what differs in time from the jar entry, whose time is read in the local zone. */
    private static String stamp() {
        return TimeZone.getDefault().getID();
    }

    /** Processes that have a library loaded keep it: its file lives on without a name. */
    private void empty() throws IOException {
        List<Path> old;
        try (Stream<Path> walk = Files.walk(folder)) {
            old = walk.filter(path -> !path.equals(folder) && !path.endsWith(LOCK))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
        for (Path path : old) {
            Files.delete(path);
        }
    }
}
