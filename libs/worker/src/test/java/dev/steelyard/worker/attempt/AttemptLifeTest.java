package dev.steelyard.worker.attempt;

import static dev.steelyard.worker.attempt.Signal.Simple.GRACE_OVER;
import static dev.steelyard.worker.attempt.Signal.Simple.LOCK_LOST;
import static dev.steelyard.worker.attempt.Signal.Simple.NOT_OPENED;
import static dev.steelyard.worker.attempt.Signal.Simple.NOT_REPORTED;
import static dev.steelyard.worker.attempt.Signal.Simple.OPENED;
import static dev.steelyard.worker.attempt.Signal.Simple.PAUSE_OVER;
import static dev.steelyard.worker.attempt.Signal.Simple.RENEWAL_DUE;
import static dev.steelyard.worker.attempt.Signal.Simple.RENEWED;
import static dev.steelyard.worker.attempt.Signal.Simple.REPORTED;
import static dev.steelyard.worker.attempt.Step.Effect.DETACH_JOB;
import static dev.steelyard.worker.attempt.Step.Effect.OPEN;
import static dev.steelyard.worker.attempt.Step.Effect.PAUSE;
import static dev.steelyard.worker.attempt.Step.Effect.RENEW;
import static dev.steelyard.worker.attempt.Step.Effect.REPORT;
import static dev.steelyard.worker.attempt.Step.Effect.REPORT_AGAIN;
import static dev.steelyard.worker.attempt.Step.Effect.START_JOB;
import static dev.steelyard.worker.attempt.Step.Effect.STOP_JOB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.JobEvent.Failed;
import dev.steelyard.proto.v1.JobEvent.Succeeded;
import dev.steelyard.worker.attempt.AttemptState.Ended;
import dev.steelyard.worker.attempt.Signal.JobOver;
import dev.steelyard.worker.attempt.Signal.StopAsked;
import dev.steelyard.worker.attempt.Step.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class AttemptLifeTest {
    private static final JobEvent SUCCESS =
            JobEvent.newBuilder().setSucceeded(Succeeded.getDefaultInstance()).build();
    private static final JobEvent FAILURE =
            JobEvent.newBuilder().setFailed(Failed.getDefaultInstance()).build();
    private static final JobEvent PASSING_FAILURE = JobEvent.newBuilder()
            .setFailed(Failed.newBuilder().setTransient(true))
            .build();

    private final List<Effect> effects = new ArrayList<>();

    @Test
    void started_is_durable_before_the_lock_is_confirmed_and_that_before_the_method_runs() {
        live(OPENED, RENEWED);
        assertThat(effects).containsExactly(OPEN, RENEW, START_JOB);
    }

    @Test
    void method_is_not_run_when_the_lock_is_lost_meanwhile() {
        assertThat(live(OPENED, LOCK_LOST, REPORTED)).isEqualTo(ended("lock-lost", Ack.NONE, false));
        assertThat(effects).doesNotContain(START_JOB);
    }

    @Test
    void record_is_kept_while_started_is_not_taken_and_the_job_runs_when_it_is() {
        live(NOT_OPENED, RENEWAL_DUE, PAUSE_OVER, NOT_OPENED, PAUSE_OVER, OPENED, RENEWED);
        assertThat(effects).containsExactly(OPEN, PAUSE, RENEW, OPEN, PAUSE, OPEN, RENEW, START_JOB);
    }

    @Test
    void record_goes_back_at_shutdown_when_started_is_not_taken() {
        assertThat(live(NOT_OPENED, stop(Stop.Cause.SHUTDOWN), NOT_REPORTED))
                .isEqualTo(ended("dropped", Ack.RELEASE, false));
    }

    @Test
    void record_is_accepted_after_its_result_is_durable_and_not_before() {
        assertThat(live(OPENED, RENEWED, new JobOver(SUCCESS))).isNotInstanceOf(Ended.class);
        assertThat(AttemptLife.next(
                                new AttemptState.Reporting(
                                        Ending.of(SUCCESS, Optional.empty(), true), Optional.empty()),
                                REPORTED)
                        .next())
                .satisfies(state -> assertThat(outcome(state)).isEqualTo(ended("succeeded", Ack.ACCEPT, true)));
    }

    @Test
    void record_is_kept_and_renewed_while_its_result_is_not_taken() {
        assertThat(live(
                        OPENED,
                        RENEWED,
                        new JobOver(SUCCESS),
                        NOT_REPORTED,
                        RENEWAL_DUE,
                        RENEWED,
                        PAUSE_OVER,
                        NOT_REPORTED,
                        PAUSE_OVER,
                        REPORTED))
                .isEqualTo(ended("succeeded", Ack.ACCEPT, true));
        assertThat(effects)
                .containsExactly(OPEN, RENEW, START_JOB, REPORT, PAUSE, RENEW, REPORT_AGAIN, PAUSE, REPORT_AGAIN);
    }

    @Test
    void result_that_is_not_taken_is_given_up_when_nobody_waits_for_it_or_there_is_no_time() {
        assertThat(live(OPENED, RENEWED, new JobOver(SUCCESS), NOT_REPORTED, LOCK_LOST))
                .isEqualTo(ended("dropped", Ack.NONE, false));
        assertThat(live(OPENED, RENEWED, new JobOver(SUCCESS), NOT_REPORTED, stop(Stop.Cause.JOB_ENDED)))
                .isEqualTo(ended("dropped", Ack.ACCEPT, true));
        assertThat(live(OPENED, RENEWED, new JobOver(SUCCESS), NOT_REPORTED, stop(Stop.Cause.SHUTDOWN)))
                .isEqualTo(ended("dropped", Ack.RELEASE, false));
        assertThat(live(OPENED, RENEWED, new JobOver(SUCCESS), stop(Stop.Cause.SHUTDOWN), NOT_REPORTED))
                .isEqualTo(ended("dropped", Ack.RELEASE, false));
        assertThat(live(OPENED, RENEWED, stop(Stop.Cause.SHUTDOWN), new JobOver(SUCCESS), NOT_REPORTED))
                .isEqualTo(ended("dropped", Ack.RELEASE, false));
    }

    @Test
    void stop_that_comes_while_a_result_is_on_its_way_holds_when_the_result_is_not_taken() {
        assertThat(live(OPENED, RENEWED, new JobOver(SUCCESS), stop(Stop.Cause.JOB_ENDED), NOT_REPORTED))
                .isEqualTo(ended("dropped", Ack.ACCEPT, true));
        assertThat(live(OPENED, RENEWED, new JobOver(SUCCESS), stop(Stop.Cause.SUPERSEDED), NOT_REPORTED))
                .isEqualTo(ended("dropped", Ack.ACCEPT, false));
        assertThat(live(
                        OPENED,
                        RENEWED,
                        new JobOver(SUCCESS),
                        stop(Stop.Cause.JOB_ENDED),
                        stop(Stop.Cause.SHUTDOWN),
                        NOT_REPORTED))
                .isEqualTo(ended("dropped", Ack.ACCEPT, true));
        assertThat(live(OPENED, RENEWED, new JobOver(SUCCESS), stop(Stop.Cause.JOB_ENDED), REPORTED))
                .isEqualTo(ended("succeeded", Ack.ACCEPT, true));
        assertThat(live(
                        OPENED,
                        RENEWED,
                        new JobOver(SUCCESS),
                        stop(Stop.Cause.SHUTDOWN),
                        stop(Stop.Cause.CANCEL),
                        NOT_REPORTED))
                .isEqualTo(ended("dropped", Ack.RELEASE, false));
    }

    @Test
    void cancellation_does_not_outweigh_a_result_that_waits_to_be_sent() {
        assertThat(live(
                        OPENED,
                        RENEWED,
                        new JobOver(SUCCESS),
                        NOT_REPORTED,
                        stop(Stop.Cause.CANCEL),
                        PAUSE_OVER,
                        REPORTED))
                .isEqualTo(ended("succeeded", Ack.ACCEPT, true));
    }

    @Test
    void saved_state_outlives_a_passing_failure_only() {
        assertThat(live(OPENED, RENEWED, new JobOver(PASSING_FAILURE), REPORTED))
                .isEqualTo(ended("failed-transient", Ack.ACCEPT, false));
        assertThat(live(OPENED, RENEWED, new JobOver(FAILURE), REPORTED)).isEqualTo(ended("failed", Ack.ACCEPT, true));
    }

    @Test
    void lock_is_renewed_in_every_state_that_holds_it() {
        live(
                RENEWAL_DUE,
                RENEWED,
                OPENED,
                RENEWED,
                RENEWAL_DUE,
                RENEWED,
                stop(Stop.Cause.CANCEL),
                RENEWAL_DUE,
                RENEWED,
                new JobOver(FAILURE),
                RENEWAL_DUE,
                RENEWED);
        assertThat(effects).containsExactly(OPEN, RENEW, RENEW, START_JOB, RENEW, STOP_JOB, RENEW, REPORT, RENEW);
    }

    @Test
    void result_that_comes_after_the_lock_is_lost_is_dropped() {
        assertThat(live(OPENED, RENEWED, LOCK_LOST, new JobOver(SUCCESS), REPORTED))
                .isEqualTo(ended("lock-lost", Ack.NONE, false));
        assertThat(effects).contains(STOP_JOB);
    }

    @Test
    void record_lost_while_its_result_is_on_its_way_is_not_acknowledged() {
        assertThat(live(OPENED, RENEWED, new JobOver(SUCCESS), LOCK_LOST, RENEWAL_DUE, REPORTED))
                .isEqualTo(ended("succeeded", Ack.NONE, true));
        assertThat(effects).containsExactly(OPEN, RENEW, START_JOB, REPORT);
    }

    static Stream<List<Object>> stops() {
        return Stream.of(
                List.of(Stop.Cause.CANCEL, ended("cancelled", Ack.ACCEPT, true)),
                List.of(Stop.Cause.TIMEOUT, ended("failed", Ack.ACCEPT, false)),
                List.of(Stop.Cause.SHUTDOWN, ended("released", Ack.RELEASE, false)),
                List.of(Stop.Cause.SUPERSEDED, ended("dropped", Ack.ACCEPT, false)),
                List.of(Stop.Cause.JOB_ENDED, ended("dropped", Ack.ACCEPT, true)));
    }

    @ParameterizedTest
    @MethodSource("stops")
    void stopped_job_ends_as_its_cause_says(List<Object> stop) {
        Object expected = stop.get(1);
        Signal order = stop((Stop.Cause) stop.get(0));
        assertThat(live(OPENED, RENEWED, order, new JobOver(FAILURE), REPORTED)).isEqualTo(expected);
        assertThat(live(OPENED, RENEWED, order, GRACE_OVER, REPORTED)).isEqualTo(expected);
        assertThat(live(order, REPORTED)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(
            value = Stop.Cause.class,
            names = {"TIMEOUT", "SHUTDOWN"})
    void result_that_is_there_all_the_same_is_taken_at_timeout_and_shutdown(Stop.Cause cause) {
        assertThat(live(OPENED, RENEWED, stop(cause), new JobOver(SUCCESS), REPORTED))
                .isEqualTo(ended("succeeded", Ack.ACCEPT, true));
    }

    @Test
    void cancel_outweighs_shutdown_and_the_end_of_the_job_outweighs_cancel() {
        assertThat(live(
                        OPENED,
                        RENEWED,
                        stop(Stop.Cause.CANCEL),
                        stop(Stop.Cause.SHUTDOWN),
                        new JobOver(FAILURE),
                        REPORTED))
                .isEqualTo(ended("cancelled", Ack.ACCEPT, true));
        assertThat(live(OPENED, RENEWED, stop(Stop.Cause.CANCEL), stop(Stop.Cause.JOB_ENDED), new JobOver(FAILURE)))
                .isEqualTo(ended("dropped", Ack.ACCEPT, true));
    }

    @Test
    void method_that_does_not_stop_is_left_to_itself() {
        live(OPENED, RENEWED, stop(Stop.Cause.CANCEL), GRACE_OVER);
        assertThat(effects).containsExactly(OPEN, RENEW, START_JOB, STOP_JOB, DETACH_JOB, REPORT);
    }

    @Test
    void no_signal_moves_an_attempt_that_has_ended() {
        Ended ended = new Ended(Ending.silent(Ack.ACCEPT, true));
        for (Signal signal :
                List.of(OPENED, RENEWED, LOCK_LOST, REPORTED, new JobOver(SUCCESS), stop(Stop.Cause.CANCEL))) {
            assertThat(AttemptLife.next(ended, signal)).isEqualTo(new Step(ended, List.of()));
        }
    }

    private static Signal stop(Stop.Cause cause) {
        return new StopAsked(new Stop(cause, "as the test wishes"));
    }

    /** Brings the signals to a new attempt; its end in short, or the state it has come to. */
    private Object live(Signal... signals) {
        effects.clear();
        Step step = AttemptLife.begin();
        effects.addAll(step.effects());
        for (Signal signal : signals) {
            step = AttemptLife.next(step.next(), signal);
            effects.addAll(step.effects());
        }
        return outcome(step.next());
    }

    private static Object outcome(AttemptState state) {
        return state instanceof Ended(Ending ending) ? ended(ending.outcome(), ending.ack(), ending.forget()) : state;
    }

    private static String ended(String outcome, Ack ack, boolean forget) {
        return outcome + " " + ack + (forget ? " forget" : " keep");
    }
}
