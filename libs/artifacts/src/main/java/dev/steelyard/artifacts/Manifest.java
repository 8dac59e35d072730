package dev.steelyard.artifacts;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an artifact consists of. Its canonical JSON is what the id is the hash of:
 * {@code {"files":[{"path":…,"sha256":…,"size":…},…],"kind":"model","version":1}} in UTF-8, keys sorted, no spaces,
 * files in the order of {@link TreePath}.
 *
 * @param kind what it is
 * @param files at least one, sorted by path, no path twice
 */
public record Manifest(ArtifactKind kind, List<FileEntry> files) {
    /** Version of the form. */
    public static final int VERSION = 1;
    /** Most files in one artifact. */
    public static final int MAX_FILES = 100_000;

    /**
     * Takes files in any order.
     *
     * @throws IllegalArgumentException when there is no file, too many, or a path twice
     */
    public Manifest {
        if (files.isEmpty() || files.size() > MAX_FILES) {
            throw new IllegalArgumentException("an artifact has 1 to " + MAX_FILES + " files, not " + files.size());
        }
        files = files.stream()
                .sorted(Comparator.comparing(file -> new TreePath(file.path())))
                .toList();
        Set<String> seen = new HashSet<>();
        for (FileEntry file : files) {
            if (!seen.add(file.path())) {
                throw new IllegalArgumentException(file.path() + ": listed twice");
            }
        }
    }

    /**
     * Reads canonical JSON.
     *
     * @throws ArtifactException when the bytes are anything but what {@link #canonicalJson()} gives
     */
    public static Manifest parse(byte[] json) throws ArtifactException {
        Manifest manifest = ManifestJson.read(json);
        if (!Arrays.equals(json, manifest.canonicalJson())) {
            throw new ArtifactException("manifest: not in canonical form");
        }
        return manifest;
    }

    /** The bytes that the id is the sha256 of. */
    public byte[] canonicalJson() {
        // no string in here needs escaping: TreePath refuses quotes, backslashes and control characters
        List<String> items = new ArrayList<>(files.size());
        for (FileEntry file : files) {
            items.add("{\"path\":\"" + file.path() + "\",\"sha256\":\"" + file.sha256() + "\",\"size\":" + file.size()
                    + "}");
        }
        String json = "{\"files\":[" + String.join(",", items) + "],\"kind\":\"" + kind.wire() + "\",\"version\":"
                + VERSION + "}";
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /** The artifact's id. */
    public ArtifactId id() {
        return new ArtifactId(Sha256.of(canonicalJson()));
    }

    /** The entry with this path. */
    public Optional<FileEntry> file(String path) {
        return files.stream().filter(file -> file.path().equals(path)).findFirst();
    }

    /** Bytes of all files. */
    public long size() {
        return files.stream().mapToLong(FileEntry::size).sum();
    }
}
