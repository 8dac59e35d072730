package dev.steelyard.launcher;

import org.jspecify.annotations.Nullable;

/** The platform cannot start or stop; the message is one line that says what to do. */
public final class LauncherException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LauncherException(String message) {
        super(message);
    }

    public LauncherException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
