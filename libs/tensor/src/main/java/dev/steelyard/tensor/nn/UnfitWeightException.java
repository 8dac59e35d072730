package dev.steelyard.tensor.nn;

/** A weight that a reparametrization cannot start from. The message names it and says what would help. */
public final class UnfitWeightException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String tensor;

    public UnfitWeightException(String tensor, String detail) {
        super(tensor + ": " + detail);
        this.tensor = tensor;
    }

    /** Name of the weight. */
    public String tensor() {
        return tensor;
    }
}
