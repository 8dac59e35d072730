package dev.steelyard.artifacts.store;

import dev.steelyard.artifacts.FileEntry;
import dev.steelyard.artifacts.Sha256;
import dev.steelyard.artifacts.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;

/** Hashes files on their way into the store, reading each at most once. */
final class Sealer {
    private record Seen(FileEntry entry, FileTime modified) {}

    private final Map<TreePath, Seen> known = new HashMap<>();

    /** Notes a file that was hashed while it was written. */
    void remember(TreePath path, Path file, FileEntry entry) throws IOException {
        known.put(path, new Seen(entry, Files.getLastModifiedTime(file)));
    }

    /** Forgets what {@link #remember} noted. */
    void forget(TreePath path) {
        known.remove(path);
    }

    /** The entry of a file. */
    FileEntry seal(TreePath path, Path file) throws IOException {
        Seen seen = known.get(path);
        if (seen != null && unchanged(file, seen)) {
            return seen.entry();
        }
        return new FileEntry(path.value(), Files.size(file), Sha256.of(file));
    }

    private static boolean unchanged(Path file, Seen seen) throws IOException {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return now.size() == seen.entry().size() && now.lastModifiedTime().equals(seen.modified());
    }
}
