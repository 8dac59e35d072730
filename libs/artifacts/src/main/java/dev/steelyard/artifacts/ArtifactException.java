package dev.steelyard.artifacts;

import java.io.IOException;
import java.nio.file.Path;
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
    private transient @Nullable Path place;

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

    /**
     * Says what was read, so that files of one name in several inputs are told apart. What is known already stays.
     *
     * @param read the folder or file
     * @return this
     */
    public ArtifactException in(Path read) {
        if (place == null) {
            place = read;
        }
        return this;
    }

    /** The folder or file that was read, if it is known. No part of the message: it means nothing to a user. */
    public Optional<Path> place() {
        return Optional.ofNullable(place);
    }
}
