package dev.steelyard.tensor.train;

/**
 * Momentum of stochastic gradient descent: b ← μb + (1 − dampening)g.
 *
 * @param rate μ, [0, 1); 0: none
 * @param dampening [0, 1)
 * @param nesterov move along g + μb instead of b
 */
public record Momentum(double rate, double dampening, boolean nesterov) {

    public Momentum {
        if (!(rate >= 0 && rate < 1) || !(dampening >= 0 && dampening < 1)) {
            throw new IllegalArgumentException(
                    "expected momentum and dampening in [0, 1), found %s and %s".formatted(rate, dampening));
        }
    }

    public static Momentum of(double rate) {
        return new Momentum(rate, 0, false);
    }
}
