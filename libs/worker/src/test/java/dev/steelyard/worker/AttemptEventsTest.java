package dev.steelyard.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.JobEvent.KindCase;
import dev.steelyard.proto.v1.JobEvent.Succeeded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AttemptEventsTest {
    private final List<JobEvent> sent = new ArrayList<>();
    private long now = -5;
    private boolean durable = true;
    private boolean answering = true;
    private final List<Consumer<Boolean>> unanswered = new ArrayList<>();
    private final List<Boolean> ends = new ArrayList<>();
    private final AttemptEvents events = new AttemptEvents(
            JobEvent.newBuilder().setJobId("j").setAttemptId("a").setWorker("w").build(),
            new Trace(List.of()),
            (event, _, told) -> {
                sent.add(event);
                if (answering) {
                    told.accept(durable);
                } else {
                    unanswered.add(told);
                }
            },
            () -> now);

    @Test
    void progress_is_thinned_and_the_newest_is_sent_when_its_time_has_come() {
        for (int i = 0; i < 100; i++) {
            events.progress(i / 100.0, "step " + i);
            pass(Duration.ofMillis(1));
        }
        assertThat(sent(KindCase.PROGRESS)).hasSize(1);
        pass(Duration.ofMillis(200));
        events.tick();
        assertThat(sent(KindCase.PROGRESS)).hasSize(2);
        assertThat(sent.getLast().getProgress().getMessage()).isEqualTo("step 99");
        events.tick();
        assertThat(sent(KindCase.PROGRESS)).hasSize(2);
    }

    @Test
    void silence_of_five_seconds_is_broken_by_the_last_progress() {
        events.started(_ -> {});
        events.progress(0.25, "computing");
        pass(Duration.ofSeconds(4));
        events.tick();
        assertThat(sent).hasSize(2);
        pass(Duration.ofSeconds(1));
        events.tick();
        assertThat(sent).hasSize(3);
        assertThat(sent.getLast().getProgress().getMessage()).isEqualTo("computing");
    }

    @Test
    void method_that_says_nothing_gives_signs_of_life_all_the_same() {
        events.started(_ -> {});
        pass(Duration.ofSeconds(5));
        events.tick();
        assertThat(sent.getLast().getProgress().getFraction()).isNegative();
    }

    @Test
    void metric_is_thinned_and_its_last_point_comes_before_the_end() {
        for (int step = 1; step <= 100; step++) {
            events.metric("loss", step, 1.0 / step);
            events.metric("other", step, step);
        }
        events.end(success(), _ -> {});
        assertThat(sent(KindCase.METRIC))
                .extracting(e -> e.getMetric().getName() + e.getMetric().getStep())
                .containsExactlyInAnyOrder("loss1", "other1", "loss100", "other100");
        assertThat(sent.getLast().hasSucceeded()).isTrue();
    }

    @Test
    void flood_of_log_lines_is_dammed_and_the_gap_is_told() {
        IntStream.range(0, 500).forEach(i -> events.log("line " + i));
        assertThat(sent(KindCase.LOG)).hasSize(100);
        pass(Duration.ofSeconds(1));
        events.log("later");
        assertThat(sent.getLast().getLog().getMessage()).isEqualTo("later (400 lines left out before)");
    }

    @Test
    void nothing_comes_after_the_last_event_and_numbers_have_no_gaps() {
        events.started(_ -> {});
        events.progress(0.5, "half");
        events.end(success(), _ -> {});
        events.progress(0.6, "more");
        events.metric("loss", 1, 1);
        events.log("line");
        events.end(success(), _ -> {});
        pass(Duration.ofSeconds(10));
        events.tick();
        assertThat(sent).extracting(JobEvent::getSequence).containsExactly(1L, 2L, 3L);
        assertThat(sent).extracting(JobEvent::getJobId).containsOnly("j");
    }

    @Test
    void last_event_is_sent_again_as_it_was() {
        events.started(_ -> {});
        durable = false;
        events.end(success(), _ -> {});
        events.endAgain(_ -> {});
        assertThat(sent).hasSize(3);
        assertThat(sent.getLast()).isEqualTo(sent.get(1));
    }

    @Test
    void last_event_of_an_attempt_of_which_nothing_was_taken_is_its_first() {
        answering = false;
        events.log("a line");
        events.end(success(), ends::add);
        answer(false, false);
        answering = true;
        events.endAgain(ends::add);
        assertThat(sent).extracting(JobEvent::getSequence).containsExactly(1L, 2L, 1L);
        assertThat(sent.getLast().hasSucceeded()).isTrue();
        assertThat(ends).containsExactly(false, true);
    }

    @Test
    void last_event_counts_as_sent_only_when_the_first_was_taken() {
        answering = false;
        events.log("a line");
        events.log("another");
        events.end(success(), ends::add);
        answer(false, true, true);
        assertThat(ends).containsExactly(false);
        answering = true;
        events.endAgain(ends::add);
        assertThat(sent).extracting(JobEvent::getSequence).containsExactly(1L, 2L, 3L, 1L);
        assertThat(sent.getLast().hasSucceeded()).isTrue();
        assertThat(ends).containsExactly(false, true);
    }

    @Test
    void whatever_follows_a_refused_first_event_is_the_first() {
        durable = false;
        events.log("a line");
        durable = true;
        events.log("another");
        events.end(success(), ends::add);
        assertThat(sent).extracting(JobEvent::getSequence).containsExactly(1L, 1L, 2L);
        assertThat(ends).containsExactly(true);
    }

    @Test
    void attempt_whose_start_was_refused_ends_with_its_first_event() {
        durable = false;
        events.started(_ -> {});
        durable = true;
        events.end(success(), ends::add);
        assertThat(sent).extracting(JobEvent::getSequence).containsExactly(1L, 1L);
        assertThat(ends).containsExactly(true);
    }

    private static JobEvent success() {
        return JobEvent.newBuilder()
                .setSucceeded(Succeeded.getDefaultInstance())
                .build();
    }

    /** The broker's answers to the events sent while it was not answering, in order. */
    private void answer(Boolean... taken) {
        assertThat(unanswered).hasSize(taken.length);
        for (int i = 0; i < taken.length; i++) {
            unanswered.get(i).accept(taken[i]);
        }
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private List<JobEvent> sent(KindCase kind) {
        return sent.stream().filter(e -> e.getKindCase() == kind).toList();
    }
}
