package dev.steelyard.embedded;

import org.jspecify.annotations.Nullable;

/** The broker or the database could not be started or stopped; the message is one line for people. */
public final class EmbeddedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EmbeddedException(String message) {
        super(message);
    }

    public EmbeddedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
