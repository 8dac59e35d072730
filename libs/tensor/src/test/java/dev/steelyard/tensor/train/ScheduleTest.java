package dev.steelyard.tensor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void linear_falls_straight_to_its_end_and_stays() {
        var schedule = new Schedule.Linear(10, 0.2);
        assertThat(schedule.factor(0)).isEqualTo(1);
        assertThat(schedule.factor(5)).isCloseTo(0.6, within(1e-15));
        assertThat(schedule.factor(10)).isCloseTo(0.2, within(1e-15));
        assertThat(schedule.factor(99)).isCloseTo(0.2, within(1e-15));
    }

    @Test
    void cosine_is_half_way_down_in_the_middle() {
        var schedule = new Schedule.Cosine(10, 0);
        assertThat(schedule.factor(0)).isEqualTo(1);
        assertThat(schedule.factor(5)).isCloseTo(0.5, within(1e-15));
        assertThat(schedule.factor(2)).isCloseTo((1 + Math.cos(Math.PI / 5)) / 2, within(1e-15));
        assertThat(schedule.factor(10)).isCloseTo(0, within(1e-15));
    }

    @Test
    void warm_up_rises_to_the_peak_and_hands_over() {
        var schedule = new Schedule.Linear(10, 0).after(4);
        assertThat(schedule.factor(0)).isEqualTo(0.25);
        assertThat(schedule.factor(3)).isEqualTo(1);
        assertThat(schedule.factor(4)).isEqualTo(1);
        assertThat(schedule.factor(9)).isEqualTo(0.5);
        assertThat(new Schedule.Constant().after(0).factor(0)).isEqualTo(1);
        var raised = new Schedule.Linear(10, 0).after(9, 0.1);
        assertThat(raised.factor(0)).isCloseTo(0.2, within(1e-15));
        assertThat(raised.factor(8)).isEqualTo(1);
        assertThat(raised.factor(14)).isCloseTo(0.5, within(1e-15));
    }

    @Test
    void schedules_without_steps_are_refused() {
        assertThatThrownBy(() -> new Schedule.Cosine(0, 0)).hasMessageContaining("found 0 and 0");
        assertThatThrownBy(() -> new Schedule.Linear(10, 1.5)).hasMessageContaining("found 10 and 1.5");
    }
}
