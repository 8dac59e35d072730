package dev.steelyard.incremental.lift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.incremental.training.Learner;
import org.junit.jupiter.api.Test;

class StepTimesTest {
    private long now = 1;

    /** Steps of 5 ms, of which the update takes 2. */
    private StepTimes run(long from, long to) throws Exception {
        StepTimes times = new StepTimes(() -> now);
        Learner.Observer last = times.resuming();
        for (long step = from; step < to; step++) {
            now += 3_000_000;
            times.beforeUpdate(step);
            now += 2_000_000;
            times.afterUpdate(step, 1);
            now += 7_000_000; // another observer measures
            last.afterUpdate(step, 1);
        }
        return times;
    }

    @Test
    void a_step_takes_as_long_whether_the_job_was_interrupted_before_or_not() throws Exception {
        for (StepTimes times : new StepTimes[] {run(0, 10), run(200, 210), run(0, 2)}) {
            assertThat(times.milliseconds()).isEqualTo(5);
            assertThat(times.share()).isEqualTo(0.4);
        }
        assertThat(run(209, 210).milliseconds()).isZero();
    }
}
