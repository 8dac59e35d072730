package dev.steelyard.artifacts;

import java.util.regex.Pattern;

/**
 * One file of an artifact.
 *
 * @param path relative to the artifact's root, as {@link TreePath} takes it
 * @param size bytes
 * @param sha256 64 lower case hexadecimal digits
 */
public record FileEntry(String path, long size, String sha256) {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

    /**
     * Takes a file's entry.
     *
     * @throws IllegalArgumentException when a component is out of its range
     */
    public FileEntry(String path, long size, String sha256) {
        this.path = new TreePath(path).value();
        if (size < 0) {
            throw new IllegalArgumentException(path + ": size " + size + " is negative");
        }
        if (!HEX.matcher(sha256).matches()) {
            throw new IllegalArgumentException(path + ": sha256 '" + sha256 + "': expected 64 lower case hex digits");
        }
        this.size = size;
        this.sha256 = sha256;
    }
}
