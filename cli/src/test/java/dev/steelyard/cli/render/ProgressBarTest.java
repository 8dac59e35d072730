package dev.steelyard.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgressBarTest {

    @Test
    void the_bar_fills_with_the_fraction() {
        assertThat(ProgressBar.line(0, "", 80)).isEqualTo("[░░░░░░░░░░░░░░░░░░░░░░░░]   0%");
        assertThat(ProgressBar.line(0.5, "layer 3", 80)).isEqualTo("[████████████░░░░░░░░░░░░]  50%  layer 3");
        assertThat(ProgressBar.line(1, "", 80)).isEqualTo("[████████████████████████] 100%");
    }

    @Test
    void almost_done_is_not_shown_as_done() {
        assertThat(ProgressBar.line(0.999, "", 80)).contains("░] ").contains(" 99%");
    }

    @Test
    void an_unknown_fraction_shows_no_number() {
        assertThat(ProgressBar.line(-1, "queued", 80)).doesNotContain("%").endsWith("?  queued");
    }

    @Test
    void a_long_or_broken_message_stays_on_one_line() {
        String line = ProgressBar.line(0.25, "first\nsecond " + "x".repeat(200), 60);

        assertThat(line).hasSizeLessThanOrEqualTo(60).contains("first second").doesNotContain("\n");
    }
}
