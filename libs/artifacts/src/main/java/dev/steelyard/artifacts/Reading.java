package dev.steelyard.artifacts;

import java.io.IOException;
import java.nio.file.Path;

/** Reads something from a folder or file. */
@FunctionalInterface
public interface Reading<T> {
    T read() throws IOException;

    /** Reads, and has what is refused say {@linkplain ArtifactException#in where} that was. */
    static <T> T in(Path place, Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (ArtifactException e) {
            throw e.in(place);
        }
    }
}
