package dev.steelyard.incremental.lift;

import dev.steelyard.incremental.training.Learner;
import java.util.function.LongSupplier;

/** How long the optimizer takes of a step. Shown with the job, never written to a file. */
final class StepTimes implements Learner.Observer {
    private final LongSupplier clock;
    private long start;
    private long updating;
    private long all;
    private long last;
    private long steps; // that the sums are of; a job that was interrupted has made others before

    StepTimes() {
        this(System::nanoTime);
    }

    /** @param clock nanoseconds, never 0 */
    StepTimes(LongSupplier clock) {
        this.clock = clock;
    }

    @Override
    public void beforeUpdate(long step) {
        start = clock.getAsLong();
    }

    @Override
    public void afterUpdate(long step, double loss) {
        long now = clock.getAsLong();
        if (last != 0) {
            updating += now - start;
            all += now - last;
            steps++;
        }
        last = now;
    }

    /** To be told last: what other observers did after an update is no part of the step that follows. */
    Learner.Observer resuming() {
        return new Learner.Observer() {
            @Override
            public void afterUpdate(long step, double loss) {
                last = clock.getAsLong();
            }
        };
    }

    /** Updates' share of the time of whole steps, the first one left out; 0 when there was but one. */
    double share() {
        return all == 0 ? 0 : (double) updating / all;
    }

    /** Milliseconds of a whole step since the job began or went on, without measurements and choices in between; 0 as above. */
    double milliseconds() {
        return all / 1e6 / Math.max(1, steps);
    }
}
