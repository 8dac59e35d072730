package dev.steelyard.artifacts;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Content that is refused: a lying header, a truncated file, a path that leaves the tree, a pickle. The message is
 * one line that names file and tensor.
 */
public final class ArtifactException extends IOException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String file;
    private final @Nullable String tensor;

    public ArtifactException(String detail) {
        this(null, null, detail);
    }

    public ArtifactException(@Nullable String file, @Nullable String tensor, String detail) {
        super((file == null ? "" : file + ": ") + (tensor == null ? "" : tensor + ": ") + detail);
        this.file = file;
        this.tensor = tensor;
    }

    public Optional<String> file() {
        return Optional.ofNullable(file);
    }

    public Optional<String> tensor() {
        return Optional.ofNullable(tensor);
    }
}
