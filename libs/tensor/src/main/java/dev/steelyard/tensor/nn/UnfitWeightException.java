package dev.steelyard.tensor.nn;

/** A weight that a reparametrization cannot start from. The message names it and says what would help. */
public final class UnfitWeightException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String tensor;
    private final String detail;

    public UnfitWeightException(String tensor, String detail) {
        super(tensor + ": " + detail);
        this.tensor = tensor;
        this.detail = detail;
    }

    /** Name of the weight. */
    public String tensor() {
        return tensor;
    }

    /** The message without the name. */
    public String detail() {
        return detail;
    }
}
