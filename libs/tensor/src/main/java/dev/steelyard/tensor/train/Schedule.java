package dev.steelyard.tensor.train;

/** How the learning rate moves over a run, as a factor on its peak. */
public sealed interface Schedule {

    /**
     * Factor of a step.
     *
     * @param step from 0
     */
    double factor(long step);

    /** The same after a linear warm-up: steps 0 to {@code steps} − 1 rise by (step + 1)/{@code steps}. */
    default Schedule after(long steps) {
        return after(steps, 0);
    }

    /** The same, rising from a factor above 0: step t rises to start + (1 − start)(t + 1)/{@code steps}. */
    default Schedule after(long steps, double start) {
        return steps == 0 ? this : new WarmUp(steps, start, this);
    }

    /** Always 1. */
    record Constant() implements Schedule {
        @Override
        public double factor(long step) {
            return 1;
        }
    }

    /**
     * From 1 straight down to {@code end} at step {@code steps}, and on at {@code end}.
     *
     * @param steps 1 or more
     * @param end factor at the end, [0, 1]
     */
    record Linear(long steps, double end) implements Schedule {
        public Linear {
            require(steps, end);
        }

        @Override
        public double factor(long step) {
            return 1 - (1 - end) * progress(step, steps);
        }
    }

    /** Half a cosine from 1 to {@code end} at step {@code steps} (SGDR without restarts, arXiv:1608.03983). */
    record Cosine(long steps, double end) implements Schedule {
        public Cosine {
            require(steps, end);
        }

        @Override
        public double factor(long step) {
            return end + (1 - end) * 0.5 * (1 + Math.cos(Math.PI * progress(step, steps)));
        }
    }

    /**
     * A linear rise, then another schedule from its step 0.
     *
     * @param steps 1 or more
     * @param start factor that it rises from, [0, 1]
     */
    record WarmUp(long steps, double start, Schedule then) implements Schedule {
        public WarmUp {
            require(steps, start);
        }

        @Override
        public double factor(long step) {
            return step < steps ? start + (1 - start) * ((step + 1) / (double) steps) : then.factor(step - steps);
        }
    }

    private static double progress(long step, long steps) {
        return Math.min(step, steps) / (double) steps;
    }

    private static void require(long steps, double end) {
        if (steps < 1 || !(end >= 0 && end <= 1)) {
            throw new IllegalArgumentException(
                    "expected 1 step or more and a factor in [0, 1], found " + steps + " and " + end);
        }
    }
}
