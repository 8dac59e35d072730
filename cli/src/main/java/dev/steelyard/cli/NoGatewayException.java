package dev.steelyard.cli;

/** There is no gateway to ask; the message is one line that says how to come by one. */
final class NoGatewayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoGatewayException(String message) {
        super(message);
    }
}
