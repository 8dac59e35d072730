package dev.steelyard.artifacts.store;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Trees of files on one file system. */
final class Trees {
    private Trees() {}

    /**
     * All files of a tree, sorted by path.
     *
     * @throws ArtifactException naming a link, device or other thing that is neither file nor folder
     */
    static List<Path> regularFiles(Path tree) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!attributes.isRegularFile()) {
                    throw new ArtifactException(
                            relative(tree, file), null, "only regular files are taken, no links or devices");
                }
                files.add(file);
                return FileVisitResult.CONTINUE;
            }
        });
        files.sort(Comparator.comparing(file -> relative(tree, file)));
        return files;
    }

    /** Path of a file inside a tree, '/' between names. */
    static String relative(Path tree, Path file) {
        return tree.relativize(file).toString().replace(tree.getFileSystem().getSeparator(), "/");
    }

    /** Renames a file, making its new folder, durably. An equal target may exist: it is replaced. */
    static void moveInto(Path file, Path target) throws IOException {
        Files.createDirectories(folderOf(target));
        try {
            Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Path near = target.resolveSibling(
                    target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
            Files.copy(file, near, StandardCopyOption.REPLACE_EXISTING);
            Durable.sync(near);
            Files.move(near, target, StandardCopyOption.ATOMIC_MOVE);
            Files.delete(file);
        }
        Durable.syncFolder(folderOf(target));
    }

    /**
     * Renames a folder, durably.
     *
     * @throws FileAlreadyExistsException when the target is there already
     */
    static void moveFolder(Path folder, Path target) throws IOException {
        try {
            Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (DirectoryNotEmptyException e) {
            throw alreadyThere(target, e);
        } catch (FileSystemException e) {
            if (Files.isDirectory(target)) {
                throw alreadyThere(target, e);
            }
            throw e;
        }
        Durable.syncFolder(folderOf(target));
    }

    private static FileAlreadyExistsException alreadyThere(Path target, IOException cause) {
        FileAlreadyExistsException there = new FileAlreadyExistsException(target.toString());
        there.initCause(cause);
        return there;
    }

    /** Writes a file that is either there whole or not at all. */
    static void writeAtomically(Path part, Path target, byte[] content) throws IOException {
        Files.write(part, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        Durable.sync(part);
        makeReadOnly(part);
        moveInto(part, target);
    }

    /** A second name for the same content; a copy where the file system refuses links. */
    static void linkOrCopy(Path content, Path link) throws IOException {
        try {
            Files.createLink(link, content);
        } catch (UnsupportedOperationException e) {
            Files.copy(content, link);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (FileSystemException e) {
            Files.copy(content, link);
        }
    }

    static void makeReadOnly(Path file) throws IOException {
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        } else if (!file.toFile().setReadOnly()) {
            throw new IOException(file + ": cannot be made read-only");
        }
    }

    /** Removes a tree; nothing happens when it is gone already. Links are removed, not followed. */
    static void delete(Path tree) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.deleteIfExists(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Sub-folders whose names are numbers, ascending. */
    static List<Path> numbered(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(c -> c.getFileName().toString().matches("[0-9]{1,18}"))
                    .sorted(Comparator.comparingLong(Trees::number))
                    .toList();
        }
    }

    private static Path folderOf(Path file) {
        return Objects.requireNonNull(file.getParent(), "every path in a store has a parent");
    }

    static long number(Path folder) {
        return Long.parseLong(folder.getFileName().toString());
    }
}
