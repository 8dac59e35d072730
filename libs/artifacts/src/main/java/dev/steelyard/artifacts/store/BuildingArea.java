package dev.steelyard.artifacts.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Where this process builds what is not yet part of the store. Each process has a folder of its own and holds a lock
 * on a file in it for as long as it lives, so that others can tell leftovers of the dead from work under way.
 */
final class BuildingArea implements AutoCloseable {
    private static final String LOCK = ".lock";

    private final Path area;
    private final Path mine;
    private final FileChannel lockFile;
    private final AtomicLong counter = new AtomicLong();

    private BuildingArea(Path area, Path mine, FileChannel lockFile) {
        this.area = area;
        this.mine = mine;
        this.lockFile = lockFile;
    }

    static BuildingArea open(Path area) throws IOException {
        Files.createDirectories(area);
        Path mine = Files.createDirectory(
                area.resolve(thisProcess() + UUID.randomUUID().toString().substring(0, 8)));
        FileChannel file =
                FileChannel.open(mine.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            if (file.tryLock() == null) {
                throw new IOException(mine + ": another process took the lock of this one");
            }
            return new BuildingArea(area, mine, file);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** An empty folder. */
    Path newFolder(String label) throws IOException {
        return Files.createDirectory(newPath(label));
    }

    /** A path at which nothing is yet. */
    Path newPath(String label) {
        String name = label.replaceAll("[^A-Za-z0-9_-]", "-");
        return mine.resolve(name.substring(0, Math.min(name.length(), 64)) + "." + counter.incrementAndGet());
    }

    /** Removes what dead processes left and nobody touched for so long; returns how many processes' leftovers. */
    int sweep(Duration olderThan) throws IOException {
        Instant limit = Instant.now().minus(olderThan);
        int swept = 0;
        try (DirectoryStream<Path> owners = Files.newDirectoryStream(area)) {
            for (Path owner : owners) {
                // closing a second channel on a file this process has locked would drop that lock: never open ours
                if (!owner.getFileName().toString().startsWith(thisProcess())
                        && !lastTouched(owner).isAfter(limit)
                        && deleteIfOwnerIsDead(owner)) {
                    swept++;
                }
            }
        }
        return swept;
    }

    private static boolean deleteIfOwnerIsDead(Path owner) throws IOException {
        try (FileChannel file = FileChannel.open(owner.resolve(LOCK), StandardOpenOption.WRITE);
                FileLock lock = file.tryLock()) {
            if (lock == null) {
                return false;
            }
            Durable.delete(owner);
            return true;
        } catch (NoSuchFileException e) {
            Durable.delete(owner); // it died before it made its lock, or while it was being swept
            return true;
        }
    }

    private static Instant lastTouched(Path owner) throws IOException {
        Newest newest = new Newest();
        Files.walkFileTree(owner, newest);
        return newest.time;
    }

    /** Begins the names of the folders of all stores in this process and, but for freak chance, of no other. */
    private static String thisProcess() {
        ProcessHandle self = ProcessHandle.current();
        long started = self.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
        return self.pid() + "-" + Long.toHexString(started) + "-";
    }

    @Override
    public void close() throws IOException {
        Durable.delete(mine);
        lockFile.close();
    }

    private static final class Newest extends SimpleFileVisitor<Path> {
        private Instant time = Instant.MIN;

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return visitFile(folder, attributes);
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            Instant touched = attributes.lastModifiedTime().toInstant();
            if (touched.isAfter(time)) {
                time = touched;
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE; // deleted meanwhile
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
            return FileVisitResult.CONTINUE;
        }
    }
}
