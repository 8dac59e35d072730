package dev.steelyard.artifacts;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** The rules for a file's path inside an artifact. */
public final class ArtifactPath {
    private static final int MAX_BYTES = 1024;
    private static final int MAX_NAME_BYTES = 255;
    private static final int MAX_DEPTH = 32;
    private static final Pattern FORBIDDEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\\\:*?\"<>|]");

    private ArtifactPath() {}

    /**
     * Refuses a path that could leave the tree or that some file system could not hold.
     *
     * @param path relative, '/' between names
     * @return the same path
     * @throws ArtifactException saying what is wrong with it
     */
    public static String check(String path) throws ArtifactException {
        String shown = path.length() > 120 ? path.substring(0, 120) + "…" : path;
        if (path.isEmpty()) {
            throw new ArtifactException("file path is empty");
        }
        if (FORBIDDEN.matcher(path).find()) {
            throw new ArtifactException("file path '" + FORBIDDEN.matcher(shown).replaceAll("?")
                    + "': has a character that is not allowed");
        }
        if (path.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw new ArtifactException("file path '" + shown + "': longer than " + MAX_BYTES + " bytes");
        }
        String[] names = path.split("/", -1);
        if (names.length > MAX_DEPTH) {
            throw new ArtifactException("file path '" + shown + "': deeper than " + MAX_DEPTH + " folders");
        }
        for (String name : names) {
            if (name.isEmpty() || name.equals(".") || name.equals("..")) {
                throw new ArtifactException(
                        "file path '" + shown + "': must be relative, without '.', '..' or empty names");
            }
            if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
                throw new ArtifactException("file path '" + shown + "': a name is longer than 255 bytes");
            }
        }
        return path;
    }
}
