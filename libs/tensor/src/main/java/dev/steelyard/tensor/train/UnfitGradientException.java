package dev.steelyard.tensor.train;

/** A gradient that no step can be made of; the message names its parameter. */
public final class UnfitGradientException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnfitGradientException(String message) {
        super(message);
    }

    UnfitGradientException(String message, Throwable cause) {
        super(message, cause);
    }
}
