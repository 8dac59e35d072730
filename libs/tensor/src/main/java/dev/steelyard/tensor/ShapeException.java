package dev.steelyard.tensor;

import java.util.Arrays;

/** A tensor that does not have the shape that is needed: {@code weight: expected [384, 1536], found [384, 1535]}. */
public final class ShapeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String tensor;

    public ShapeException(String tensor, long[] expected, long[] found) {
        this(tensor, Arrays.toString(expected), found);
    }

    ShapeException(String tensor, String expected, long[] found) {
        super(tensor + ": expected " + expected + ", found " + Arrays.toString(found));
        this.tensor = tensor;
    }

    /** What the message calls the tensor. */
    public String tensor() {
        return tensor;
    }
}
