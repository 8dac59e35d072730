package dev.steelyard.artifacts;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Real files that are too large for the repository. */
public final class SharedData {
    private static final String VARIABLE = "STEELYARD_SHARED_DATA";

    private SharedData() {}

    /** A file; the test is skipped where it is absent. */
    public static Path file(String name) {
        String configured = System.getenv(VARIABLE);
        Path folder = Stream.iterate(Path.of("").toAbsolutePath(), p -> p != null, Path::getParent)
                .map(p -> p.resolveSibling("shared").resolve("data"))
                .filter(Files::isDirectory)
                .findFirst()
                .orElse(Path.of("../shared/data"));
        Path file = (configured == null ? folder : Path.of(configured)).resolve(name);
        Assumptions.assumeTrue(
                Files.isRegularFile(file),
                () -> "skipped: " + file + " is absent; set " + VARIABLE + " to the folder that holds " + name);
        return file;
    }
}
