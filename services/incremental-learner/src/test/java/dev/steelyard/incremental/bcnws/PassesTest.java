package dev.steelyard.incremental.bcnws;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PassesTest {

    /** Steps, from 1, after which a pass is done. */
    private static long[] ends(Passes passes) {
        return LongStream.rangeClosed(1, passes.steps())
                .filter(step -> passes.done(step) > passes.done(step - 1))
                .toArray();
    }

    @Test
    void a_pass_ends_with_its_last_batch() {
        assertThat(ends(new Passes(3, 6, 2))).containsExactly(3, 6, 9);
        assertThat(ends(new Passes(2, 4, 1))).containsExactly(4, 8);
    }

    /** 127 batches of one image by 64 are not 1 step a pass but nearly 2. */
    @Test
    void steps_go_on_over_the_end_of_a_pass() {
        Passes passes = new Passes(20, 127, 64);

        assertThat(passes.steps()).isEqualTo(39);
        assertThat(ends(passes)).hasSize(20).startsWith(2, 4, 6).endsWith(39);
        assertThat(passes.done(39)).isEqualTo(20);
        assertThat(passes.done(2)).isEqualTo(1);
    }

    @Test
    void the_last_step_ends_the_last_pass_though_batches_are_left() {
        assertThat(ends(new Passes(1, 5, 3))).containsExactly(1);
        assertThat(new Passes(1, 5, 3).done(1)).isEqualTo(1);
    }
}
