package dev.steelyard.artifacts;

import java.util.Comparator;
import java.util.List;

/**
 * What an artifact consists of. Its canonical JSON is what the id is the hash of.
 *
 * @param kind what it is
 * @param files sorted by path, no path twice
 */
public record Manifest(ArtifactKind kind, List<FileEntry> files) {

    public Manifest {
        files = files.stream().sorted(Comparator.comparing(FileEntry::path)).toList();
    }

    /** Bytes of all files. */
    public long size() {
        return files.stream().mapToLong(FileEntry::size).sum();
    }
}
