package dev.steelyard.incremental.lift;

import dev.steelyard.incremental.training.Learner;

/** How long the optimizer takes of a step. Shown with the job, never written to a file. */
final class StepTimes implements Learner.Observer {
    private long start;
    private long updating;
    private long all;
    private long last;

    @Override
    public void beforeUpdate(long step) {
        start = System.nanoTime();
    }

    @Override
    public void afterUpdate(long step, double loss) {
        long now = System.nanoTime();
        if (last != 0) {
            updating += now - start;
            all += now - last;
        }
        last = now;
    }

    /** Updates' share of the time of whole steps, the first one left out; 0 when there was but one. */
    double share() {
        return all == 0 ? 0 : (double) updating / all;
    }

    /** Milliseconds of a whole step, measurements in between included. */
    double milliseconds(long steps) {
        return all / 1e6 / Math.max(1, steps - 1);
    }
}
