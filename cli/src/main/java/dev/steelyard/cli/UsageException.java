package dev.steelyard.cli;

/** A command was written wrongly; the message is one line that says how it is written. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
