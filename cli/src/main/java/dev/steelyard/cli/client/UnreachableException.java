package dev.steelyard.cli.client;

import org.jspecify.annotations.Nullable;

/** The gateway did not answer, or answered what is no answer of its interface. */
public final class UnreachableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreachableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
