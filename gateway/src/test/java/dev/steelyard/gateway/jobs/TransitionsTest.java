package dev.steelyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.gateway.jobs.Transitions.Transition;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.JobEvent.Abandoned;
import dev.steelyard.proto.v1.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TransitionsTest {
    private static final Transitions RULES = new Transitions(5, 3, Duration.ofSeconds(2));
    private static final UUID JOB = UUID.randomUUID();
    private static final UUID FIRST = UUID.randomUUID();
    private static final UUID SECOND = UUID.randomUUID();

    @Test
    void the_first_event_of_an_attempt_makes_it_current() {
        Transition t = RULES.apply(JobProgress.queued(JOB), started(FIRST, 1, 1));

        assertThat(t.job().state()).isEqualTo(JobState.RUNNING);
        assertThat(t.job().attempt()).hasValue(FIRST);
        assertThat(t.effects()).hasOnlyElementsOfType(Effect.AttemptStarted.class);
    }

    @Test
    void a_short_jobs_only_event_starts_and_ends_it() {
        Transition t = RULES.apply(JobProgress.queued(JOB), succeeded(FIRST, 1, 1, 1));

        assertThat(t.job().state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(t.effects()).hasAtLeastOneElementOfType(Effect.Succeeded.class);
    }

    @Test
    void a_higher_delivery_supersedes_and_the_zombies_result_is_refused() {
        JobProgress job = after(started(FIRST, 1, 1), started(SECOND, 1, 2));

        Transition zombie = RULES.apply(job, succeeded(FIRST, 1, 1, 2));

        assertThat(zombie.job()).isEqualTo(job);
        assertThat(zombie.effects()).hasOnlyElementsOfType(Effect.Refused.class);
        assertThat(RULES.apply(job, succeeded(SECOND, 1, 2, 2)).job().state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void a_lower_rank_is_told_to_stop() {
        JobProgress job = after(started(SECOND, 1, 2));

        Transition t = RULES.apply(job, started(FIRST, 1, 1));

        assertThat(t.job().attempt()).hasValue(SECOND);
        assertThat(t.effects()).hasAtLeastOneElementOfType(Effect.Stop.class);
    }

    @Test
    void an_event_that_comes_twice_changes_nothing() {
        JobEvent once = started(FIRST, 1, 1);
        JobProgress job = after(once);

        assertThat(RULES.apply(job, once)).isEqualTo(new Transition(job, List.of()));
    }

    @Test
    void a_transient_failure_is_dispatched_again_with_growing_pauses_until_the_limit() {
        JobProgress job = JobProgress.queued(JOB);
        List<Duration> pauses = new ArrayList<>();
        for (int dispatch = 1; !job.state().ended(); dispatch++) {
            UUID attempt = UUID.randomUUID();
            job = RULES.apply(job, started(attempt, dispatch, 1)).job();
            Transition failed = RULES.apply(job, failed(attempt, dispatch, true));
            job = failed.job();
            failed.effects().forEach(e -> {
                if (e instanceof Effect.Redispatch redispatch) {
                    pauses.add(redispatch.delay());
                }
            });
        }

        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(pauses).containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(8));
    }

    @Test
    void a_users_mistake_fails_at_once() {
        JobProgress job = after(started(FIRST, 1, 1));

        assertThat(RULES.apply(job, failed(FIRST, 1, false)).job().state()).isEqualTo(JobState.FAILED);
    }

    @Test
    void a_worker_that_stops_gives_the_job_back_and_the_next_delivery_takes_it() {
        JobProgress job = after(started(FIRST, 1, 1), abandoned(FIRST, 1, Abandoned.Reason.SHUTDOWN));
        assertThat(job.state()).isEqualTo(JobState.QUEUED);
        assertThat(job.dispatch()).isEqualTo(1);

        JobProgress again = RULES.apply(job, started(SECOND, 1, 2)).job();

        assertThat(again.state()).isEqualTo(JobState.RUNNING);
        assertThat(again.attempt()).hasValue(SECOND);
    }

    @Test
    void a_cancelled_job_does_not_come_back() {
        JobProgress job = after(started(FIRST, 1, 1)).cancelling();

        assertThat(RULES.apply(job, failed(FIRST, 1, true)).job().state()).isEqualTo(JobState.CANCELLED);
        assertThat(RULES.silent(job).job().state()).isEqualTo(JobState.CANCELLED);
    }

    @Test
    void whatever_order_events_arrive_in_a_job_ends_at_most_once() {
        Random random = new Random(5);
        for (int round = 0; round < 5_000; round++) {
            JobProgress job = JobProgress.queued(JOB);
            int ends = 0;
            for (int i = 0; i < 30; i++) {
                JobProgress before = job;
                Transition t = RULES.apply(job, random(random));
                job = t.job();
                ends += ends(t.effects());
                if (before.state().ended()) {
                    assertThat(job).isEqualTo(before);
                }
                assertThat(job.dispatch()).isGreaterThanOrEqualTo(before.dispatch());
            }
            assertThat(ends).isEqualTo(job.state().ended() ? 1 : 0);
        }
    }

    private static int ends(List<Effect> effects) {
        return (int) effects.stream()
                .filter(e ->
                        e instanceof Effect.Succeeded || e instanceof Effect.Failed || e instanceof Effect.Cancelled)
                .count();
    }

    private static JobEvent random(Random random) {
        UUID attempt = new UUID(7, random.nextInt(4));
        int dispatch = 1 + random.nextInt(3);
        int delivery = 1 + random.nextInt(3);
        long sequence = 1 + random.nextLong(6);
        return switch (random.nextInt(5)) {
            case 0 -> started(attempt, dispatch, delivery);
            case 1 -> succeeded(attempt, dispatch, delivery, sequence);
            case 2 -> failed(attempt, dispatch, random.nextBoolean());
            case 3 -> abandoned(attempt, dispatch, Abandoned.Reason.forNumber(1 + random.nextInt(2)));
            default ->
                event(attempt, dispatch, delivery, sequence)
                        .setCancelled(JobEvent.Cancelled.newBuilder().setReason("random"))
                        .build();
        };
    }

    private static JobProgress after(JobEvent... events) {
        JobProgress job = JobProgress.queued(JOB);
        for (JobEvent event : events) {
            job = RULES.apply(job, event).job();
        }
        return job;
    }

    private static JobEvent started(UUID attempt, int dispatch, int delivery) {
        return event(attempt, dispatch, delivery, 1)
                .setStarted(JobEvent.Started.getDefaultInstance())
                .build();
    }

    private static JobEvent succeeded(UUID attempt, int dispatch, int delivery, long sequence) {
        return event(attempt, dispatch, delivery, sequence)
                .setSucceeded(JobEvent.Succeeded.getDefaultInstance())
                .build();
    }

    private static JobEvent failed(UUID attempt, int dispatch, boolean isTransient) {
        return event(attempt, dispatch, 1, 2)
                .setFailed(JobEvent.Failed.newBuilder()
                        .setTransient(isTransient)
                        .setProblem(Problem.newBuilder().setCode("io").setDetail("disk")))
                .build();
    }

    private static JobEvent abandoned(UUID attempt, int dispatch, Abandoned.Reason reason) {
        return event(attempt, dispatch, 1, 2)
                .setAbandoned(Abandoned.newBuilder().setReason(reason))
                .build();
    }

    private static JobEvent.Builder event(UUID attempt, int dispatch, int delivery, long sequence) {
        return JobEvent.newBuilder()
                .setJobId(JOB.toString())
                .setAttemptId(attempt.toString())
                .setDispatch(dispatch)
                .setDeliveryCount(delivery)
                .setSequence(sequence)
                .setWorker("w");
    }
}
