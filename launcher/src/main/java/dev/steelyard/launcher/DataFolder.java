package dev.steelyard.launcher;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where one platform keeps everything; held by one platform at a time. */
final class DataFolder implements AutoCloseable {
    private static final long LARGE_LOG = 20L << 20;
    private static final List<String> FOLDERS = List.of("logs", "store", "kafka", "postgres");

    private final Path root;
    private final FileChannel channel;
    private final FileLock lock;

    private DataFolder(Path root, FileChannel channel, FileLock lock) {
        this.root = root;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Makes the folder if need be and holds it.
     *
     * @throws LauncherException when another platform holds it or it cannot be used
     */
    static DataFolder hold(Path root) {
        try {
            OwnersFolder.make(root);
            for (String inside : FOLDERS) { // each for its owner only, for the root may have been there and be open
                OwnersFolder.make(root.resolve(inside));
            }
            FileChannel channel =
                    FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw new LauncherException(root + " is in use by " + holder(root)
                        + ". Stop it with `steelyard down --data " + root + "`, or choose another folder with --data.");
            }
            writePid(channel);
            return new DataFolder(root, channel, lock);
        } catch (IOException e) {
            throw new LauncherException("cannot use the data folder " + root + ": " + e.getMessage(), e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by this very JVM
        }
    }

    private static void writePid(FileChannel channel) throws IOException {
        channel.truncate(0);
        String pid = ProcessHandle.current().pid() + "\n";
        channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.UTF_8)), 0);
    }

    private static String holder(Path root) throws IOException {
        return "another platform (pid " + Files.readString(root.resolve("lock")).strip() + ")";
    }

    Path root() {
        return root;
    }

    Path kafka() {
        return root.resolve("kafka");
    }

    Path postgres() {
        return root.resolve("postgres");
    }

    /** Whether a database server may have been left behind by a killed launcher. */
    boolean hasStaleDatabase() {
        try (Stream<Path> files = Files.exists(postgres()) ? Files.walk(postgres(), 2) : Stream.empty()) {
            return files.anyMatch(file -> file.endsWith("postmaster.pid"));
        } catch (IOException e) {
            throw new LauncherException("cannot read " + postgres() + ": " + e.getMessage(), e);
        }
    }

    Path store() {
        return root.resolve("store");
    }

    Path adminKey() {
        return root.resolve("admin-key");
    }

    /** The log of a process; one that has grown large is set aside first. */
    Path log(String process) {
        Path log = root.resolve("logs").resolve(process + ".log");
        try {
            if (Files.exists(log) && Files.size(log) > LARGE_LOG) {
                Files.move(log, log.resolveSibling(process + ".1.log"), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new LauncherException("cannot set aside the log " + log + ": " + e.getMessage(), e);
        }
        return log;
    }

    /** Lets others hold it; nothing when that is done. */
    @Override
    public void close() {
        try (channel) {
            if (lock.isValid()) {
                lock.release();
            }
        } catch (IOException e) {
            throw new LauncherException("cannot release " + root + ": " + e.getMessage(), e);
        }
    }
}
