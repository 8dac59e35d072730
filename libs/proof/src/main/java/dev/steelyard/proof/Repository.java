package dev.steelyard.proof;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where things are in the working copy that a proof runs in. */
public final class Repository {
    private Repository() {}

    /**
     * Its root: the nearest folder upwards that holds {@code mvnw}.
     *
     * @throws IllegalStateException when the proof is not run within a working copy
     */
    public static Path root() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isRegularFile(at.resolve("mvnw"))) {
                return at;
            }
        }
        throw new IllegalStateException(
                Path.of("").toAbsolutePath() + ": a proof is run within the repository, by `make proof`");
    }

    /** The built applications. */
    static Path distribution() {
        return root().resolve("target").resolve("dist");
    }

    /** Results of proofs. */
    static Path proofs() {
        return root().resolve("target").resolve("proofs");
    }

    /** A file as a person in the repository's root would name it. */
    static String shown(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        return absolute.startsWith(root()) ? root().relativize(absolute).toString() : absolute.toString();
    }
}
