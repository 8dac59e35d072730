package dev.steelyard.gateway.jobs;

import dev.steelyard.gateway.jobs.Effect.AttemptEnded;
import dev.steelyard.gateway.jobs.Effect.AttemptStarted;
import dev.steelyard.gateway.jobs.Effect.Redispatch;
import dev.steelyard.gateway.jobs.Effect.Refused;
import dev.steelyard.gateway.jobs.Effect.Stop;
import dev.steelyard.proto.v1.Control.StopAttempt.Reason;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.JobEvent.KindCase;
import dev.steelyard.proto.v1.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The rules by which events change a job, as a pure function: no clock, no database, no broker.
 *
 * <p>Attempts are ranked by (dispatch, delivery count). An attempt's first event makes it the current one unless it
 * ranks below one seen before; only the current attempt's events count. So of all workers that may hold a job in turn,
 * one decides its end, and the end comes once.
 */
record Transitions(int maxDispatches, int maxTransientFailures, Duration firstBackoff) {

    /** A job's next standing and what follows from it. */
    record Transition(JobProgress job, List<Effect> effects) {}

    /** Applies one event. */
    Transition apply(JobProgress job, JobEvent event) {
        UUID attempt = UUID.fromString(event.getAttemptId());
        if (job.state().ended()) {
            return refuse(job, event, attempt, "ended", Reason.JOB_ENDED);
        }
        List<Effect> effects = new ArrayList<>();
        JobProgress standing = job;
        if (!job.attempt().equals(Optional.of(attempt))) {
            boolean first = event.hasStarted() || event.getSequence() == 1;
            boolean below = event.getDispatch() < job.dispatch()
                    || (event.getDispatch() == job.dispatch() && event.getDeliveryCount() < job.delivery());
            if (!first || below || event.getDispatch() > job.dispatch()) {
                return refuse(job, event, attempt, "superseded", Reason.SUPERSEDED);
            }
            if (job.state() == JobState.RUNNING) {
                job.attempt().ifPresent(old -> {
                    effects.add(new AttemptEnded(old, "SUPERSEDED"));
                    effects.add(new Stop(old, Reason.SUPERSEDED));
                });
            }
            effects.add(new AttemptStarted(attempt, event.getWorker(), event.getDispatch(), event.getDeliveryCount()));
            standing = job.by(attempt, event.getDeliveryCount()).in(JobState.RUNNING);
        } else if (event.getSequence() <= job.sequence()) {
            return new Transition(job, List.of());
        } else if (job.state() == JobState.QUEUED) {
            return refuse(job, event, attempt, "given-back", Reason.SUPERSEDED);
        }
        return current(standing.at(event.getSequence()), attempt, event, effects);
    }

    /** Nothing was heard of the attempt for too long: send the job out again, or give it up. */
    Transition silent(JobProgress job) {
        List<Effect> effects = new ArrayList<>();
        job.attempt().ifPresent(attempt -> {
            effects.add(new AttemptEnded(attempt, "ABANDONED"));
            effects.add(new Stop(attempt, Reason.SUPERSEDED));
        });
        if (job.cancelRequested()) {
            return cancelled(job, effects, "cancelled");
        }
        if (job.sends() >= maxDispatches) {
            effects.add(new Effect.Failed(Problem.newBuilder()
                    .setCode("lost")
                    .setDetail("its workers fell silent " + job.sends() + " times")
                    .build()));
            return new Transition(job.in(JobState.FAILED), effects);
        }
        effects.add(new Redispatch(Duration.ZERO));
        return new Transition(job.dispatchedAgain(job.transientFailures()), effects);
    }

    /** A worker gave the record back, and the broker has not handed it out again for too long. */
    Transition forgotten(JobProgress job) {
        return new Transition(job.replaced(), List.of(new Redispatch(Duration.ZERO)));
    }

    private Transition current(JobProgress job, UUID attempt, JobEvent event, List<Effect> effects) {
        return switch (event.getKindCase()) {
            case STARTED, KIND_NOT_SET -> new Transition(job, effects);
            case PROGRESS -> {
                effects.add(new Effect.Progressed(
                        event.getProgress().getFraction(), event.getProgress().getMessage()));
                yield new Transition(job, effects);
            }
            case METRIC -> {
                effects.add(new Effect.Measured(event.getMetric()));
                yield new Transition(job, effects);
            }
            case LOG -> {
                effects.add(new Effect.Logged(attempt, event.getLog()));
                yield new Transition(job, effects);
            }
            case SUCCEEDED -> {
                effects.add(new AttemptEnded(attempt, "SUCCEEDED"));
                effects.add(new Effect.Succeeded(event.getSucceeded()));
                yield new Transition(job.in(JobState.SUCCEEDED), effects);
            }
            case FAILED -> failed(job, attempt, event.getFailed(), effects);
            case CANCELLED -> {
                effects.add(new AttemptEnded(attempt, "CANCELLED"));
                yield cancelled(job, effects, event.getCancelled().getReason());
            }
            case ABANDONED -> abandoned(job, attempt, effects);
        };
    }

    private Transition failed(JobProgress job, UUID attempt, JobEvent.Failed failed, List<Effect> effects) {
        effects.add(new AttemptEnded(attempt, "FAILED"));
        if (!failed.getTransient()) {
            effects.add(new Effect.Failed(failed.getProblem()));
            return new Transition(job.in(JobState.FAILED), effects);
        }
        if (job.cancelRequested()) {
            return cancelled(job, effects, "cancelled");
        }
        int failures = job.transientFailures() + 1;
        if (failures > maxTransientFailures || job.sends() >= maxDispatches) {
            effects.add(new Effect.Failed(failed.getProblem()));
            return new Transition(job.in(JobState.FAILED), effects);
        }
        effects.add(new Redispatch(firstBackoff.multipliedBy(1L << Math.min(failures - 1, 10))));
        return new Transition(job.dispatchedAgain(failures), effects);
    }

    /** The broker hands the record out again, if it has not done so already. */
    private static Transition abandoned(JobProgress job, UUID attempt, List<Effect> effects) {
        effects.add(new AttemptEnded(attempt, "ABANDONED"));
        if (job.cancelRequested()) {
            return cancelled(job, effects, "cancelled");
        }
        return new Transition(job.returned(), effects);
    }

    private static Transition cancelled(JobProgress job, List<Effect> effects, String reason) {
        effects.add(new Effect.Cancelled(reason));
        return new Transition(job.in(JobState.CANCELLED), effects);
    }

    /** A worker that goes on for nothing is told to stop; one that has ended already needs no word. */
    private static Transition refuse(JobProgress job, JobEvent event, UUID attempt, String reason, Reason stop) {
        List<Effect> effects = new ArrayList<>();
        effects.add(new Refused(reason));
        if (event.getKindCase() == KindCase.STARTED || event.getKindCase() == KindCase.PROGRESS) {
            effects.add(new Stop(attempt, stop));
        }
        return new Transition(job, effects);
    }
}
