package dev.steelyard.artifacts;

import java.util.regex.Pattern;

/**
 * Id of an artifact: the sha256 of its manifest.
 *
 * @param hex 64 lower case hexadecimal digits
 */
public record ArtifactId(String hex) implements Comparable<ArtifactId> {
    private static final String PREFIX = "sha256:";
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

    public ArtifactId {
        if (!HEX.matcher(hex).matches()) {
            throw new IllegalArgumentException("artifact id '" + hex + "': expected 64 lower case hex digits");
        }
    }

    /**
     * Reads the form of {@link #toString()}.
     *
     * @throws IllegalArgumentException when {@code text} is not "sha256:" and 64 hex digits
     */
    public static ArtifactId parse(String text) {
        if (!text.startsWith(PREFIX)) {
            throw new IllegalArgumentException("artifact id '" + text + "': expected sha256:<64 hex digits>");
        }
        return new ArtifactId(text.substring(PREFIX.length()));
    }

    /** Whether {@link #parse} would take it. */
    public static boolean looksLikeId(String text) {
        return text.startsWith(PREFIX)
                && HEX.matcher(text.substring(PREFIX.length())).matches();
    }

    @Override
    public int compareTo(ArtifactId other) {
        return hex.compareTo(other.hex);
    }

    /** "sha256:" and the digits. */
    @Override
    public String toString() {
        return PREFIX + hex;
    }
}
