package dev.steelyard.artifacts.store;

import dev.steelyard.artifacts.FileEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.TreeSet;

/** The bytes of files, each once, under their sha256. */
final class Blobs {
    private final Path root;

    Blobs(Path root) {
        this.root = root;
    }

    Path path(FileEntry file) {
        return root.resolve(file.sha256().substring(0, 2)).resolve(file.sha256());
    }

    /** Whether the bytes are here, going by their number. */
    boolean holds(FileEntry file) throws IOException {
        Path blob = path(file);
        return Files.exists(blob) && Files.size(blob) == file.size();
    }

    /** Moves in a synced file whose hash is known; leaves it where it is when the bytes are already here. */
    void take(FileEntry file, Path from) throws IOException {
        Path blob = path(file);
        if (!Files.isDirectory(Durable.parent(blob))) {
            Files.createDirectories(Durable.parent(blob));
            Durable.sync(root);
        }
        if (!holds(file)) {
            Durable.seal(from);
            Durable.move(from, blob);
        }
    }

    /** Makes sure that the entries of all these files outlive a power cut, whoever made them. */
    void sync(Collection<FileEntry> files) throws IOException {
        TreeSet<Path> folders = new TreeSet<>();
        files.forEach(file -> folders.add(Durable.parent(path(file))));
        Durable.sync(folders);
    }

    /** Puts a blob into a folder as a hard link, or as a copy where the file system refuses links. */
    void link(FileEntry file, Path to) throws IOException {
        Path blob = path(file);
        try {
            Files.createLink(to, blob);
        } catch (UnsupportedOperationException | IOException e) {
            Files.copy(blob, to, StandardCopyOption.REPLACE_EXISTING);
            Durable.sync(to);
            Durable.seal(to);
        }
    }
}
