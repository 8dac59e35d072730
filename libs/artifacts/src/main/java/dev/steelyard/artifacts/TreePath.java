package dev.steelyard.artifacts;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Path of a file inside an artifact: names joined by '/', relative, normalised. A path that this class takes can be
 * created below a folder on Linux, macOS and Windows and never leaves that folder.
 *
 * @param value as written in manifests and URLs
 */
public record TreePath(String value) implements Comparable<TreePath> {
    /** Longest path, in bytes of UTF-8. */
    public static final int MAX_BYTES = 1024;
    /** Longest single name, in bytes of UTF-8. */
    public static final int MAX_NAME_BYTES = 255;
    /** Most names in a path. */
    public static final int MAX_DEPTH = 16;

    private static final int SHOWN = 80;
    private static final String RESERVED_CHARACTERS = "\\<>:\"|?*";
    private static final Pattern WINDOWS_DEVICE =
            Pattern.compile("(?:CON|PRN|AUX|NUL|(?:COM|LPT)[0-9¹²³])(?:\\..*)?", Pattern.CASE_INSENSITIVE);

    /**
     * Takes a path.
     *
     * @throws IllegalArgumentException when {@link #parse} would refuse it
     */
    public TreePath {
        String fault = fault(value);
        if (!fault.isEmpty()) {
            throw new IllegalArgumentException("path '" + shown(value) + "': " + fault);
        }
    }

    /**
     * Takes a path that came from outside.
     *
     * @throws ArtifactException saying what is wrong with it
     */
    public static TreePath parse(String value) throws ArtifactException {
        String fault = fault(value);
        if (!fault.isEmpty()) {
            throw new ArtifactException("path '" + shown(value) + "': " + fault);
        }
        return new TreePath(value);
    }

    /** Two paths with the same key are one file on some file systems (letter case, Unicode composition). */
    public String collisionKey() {
        String composed = Normalizer.normalize(value, Normalizer.Form.NFKC);
        return Normalizer.normalize(composed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT), Normalizer.Form.NFKC);
    }

    /**
     * The file below a folder.
     *
     * @throws ArtifactException when this machine's locale cannot express the name
     */
    public Path below(Path root) throws ArtifactException {
        try {
            return root.resolve(value);
        } catch (InvalidPathException e) {
            throw new ArtifactException(
                    "path '" + shown(value) + "': this machine's locale cannot express it; start with a UTF-8 locale");
        }
    }

    /** Order of the UTF-8 bytes, which is the order of code points. */
    @Override
    public int compareTo(TreePath other) {
        return java.util.Arrays.compareUnsigned(
                value.getBytes(StandardCharsets.UTF_8), other.value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return value;
    }

    /** What is wrong with a path; empty when nothing is. */
    private static String fault(String path) {
        if (path.isEmpty()) {
            return "is empty";
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(path)) {
            return "is not valid Unicode";
        }
        if (path.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            return "is longer than " + MAX_BYTES + " bytes";
        }
        if (path.startsWith("/")) {
            return "must be relative";
        }
        String[] names = path.split("/", -1);
        if (names.length > MAX_DEPTH) {
            return "is deeper than " + MAX_DEPTH + " names";
        }
        for (String name : names) {
            String fault = nameFault(name);
            if (!fault.isEmpty()) {
                return fault;
            }
        }
        return "";
    }

    private static String nameFault(String name) {
        if (name.isEmpty()) {
            return "has an empty name";
        }
        if (name.equals(".") || name.equals("..")) {
            return "'" + name + "' is not allowed";
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            return "has a name longer than " + MAX_NAME_BYTES + " bytes";
        }
        if (name.endsWith(".") || name.endsWith(" ") || name.startsWith(" ")) {
            return "a name must not end with '.' nor start or end with a space";
        }
        if (WINDOWS_DEVICE.matcher(name).matches()) {
            return "'" + name + "' is a device name on Windows";
        }
        return name.codePoints()
                .filter(TreePath::isRefused)
                .mapToObj(c -> String.format(Locale.ROOT, "character U+%04X is not allowed", c))
                .findFirst()
                .orElse("");
    }

    private static boolean isRefused(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> RESERVED_CHARACTERS.indexOf(c) >= 0;
        };
    }

    /** The path shortened and without characters that would break a log line or a terminal. */
    private static String shown(String path) {
        String printable = path.codePoints()
                .map(c -> isRefused(c) && RESERVED_CHARACTERS.indexOf(c) < 0 ? '\uFFFD' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return printable.length() <= SHOWN ? printable : printable.substring(0, SHOWN) + "…";
    }
}
