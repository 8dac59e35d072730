package dev.steelyard.artifacts.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** File operations that hold over a power cut. */
final class Durable {
    private static final Set<PosixFilePermission> SEALED_FILE = PosixFilePermissions.fromString("r--r--r--");
    private static final Set<PosixFilePermission> SEALED_FOLDER = PosixFilePermissions.fromString("r-xr-xr-x");
    private static final Set<PosixFilePermission> OPEN_FOLDER = PosixFilePermissions.fromString("rwxr-xr-x");

    private static final int SYNCS_AT_ONCE = 16;

    private Durable() {}

    /** Waits until a file's bytes, or a folder's entries, are on the disk. */
    static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * Waits until the bytes of all these files, or folders' entries, are on the disk. They are synced side by side, since
     * one commit of a file system's journal serves all that wait for it: thousands of small files take a twentieth of the
     * time.
     */
    static void sync(Collection<Path> files) throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(Math.clamp(files.size(), 1, SYNCS_AT_ONCE));
        try (threads) {
            List<Callable<@Nullable Void>> syncs = new ArrayList<>();
            for (Path file : files) {
                syncs.add(() -> {
                    sync(file);
                    return null;
                });
            }
            for (Future<@Nullable Void> done : threads.invokeAll(syncs)) {
                done.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while syncing");
        }
    }

    /** Moves within the file system; whoever looks sees all or nothing. Replaces a file, never a filled folder. */
    static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Writes a file beside its place, syncs it and moves it there. */
    static void write(Path building, Path file, byte[] bytes) throws IOException {
        Files.write(building, bytes, StandardOpenOption.CREATE_NEW);
        sync(building);
        seal(building);
        move(building, file);
        sync(parent(file));
    }

    /** Takes away everybody's right to write. */
    static void seal(Path path) throws IOException {
        if (isPosix(path)) {
            Files.setPosixFilePermissions(path, Files.isDirectory(path) ? SEALED_FOLDER : SEALED_FILE);
        }
    }

    /** Removes a folder and all in it, sealed or not; nothing when it is not there. */
    static void delete(Path folder) throws IOException {
        try {
            Files.walkFileTree(folder, new Deleter());
        } catch (NoSuchFileException e) {
            if (!e.getFile().equals(folder.toString())) {
                throw e;
            }
        }
    }

    static Path parent(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(path + ": has no parent");
        }
        return parent;
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** Deletes bottom up, giving itself the right to write first; what another process deleted is no error. */
    private static final class Deleter extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
            if (isPosix(folder)) {
                Files.setPosixFilePermissions(folder, OPEN_FOLDER);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
