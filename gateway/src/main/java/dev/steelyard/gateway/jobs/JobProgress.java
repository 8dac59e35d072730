package dev.steelyard.gateway.jobs;

import java.util.Optional;
import java.util.UUID;

/**
 * What decides whether an event of a job is accepted.
 *
 * @param dispatch how often the job was sent out, from 1
 * @param sends the same, counted since it was submitted or retried
 * @param attempt the attempt whose events count, or did before it gave the job back
 * @param delivery the broker's delivery count of the highest ranked attempt of this dispatch; 0 before any
 * @param sequence of the attempt's newest accepted event
 * @param transientFailures attempts that failed for causes that may pass
 * @param cancelRequested whether someone asked for the end
 */
record JobProgress(
        UUID id,
        JobState state,
        int dispatch,
        int sends,
        Optional<UUID> attempt,
        int delivery,
        long sequence,
        int transientFailures,
        boolean cancelRequested) {

    /** Just submitted. */
    static JobProgress queued(UUID id) {
        return new JobProgress(id, JobState.QUEUED, 1, 1, Optional.empty(), 0, 0, 0, false);
    }

    JobProgress in(JobState next) {
        return new JobProgress(
                id, next, dispatch, sends, attempt, delivery, sequence, transientFailures, cancelRequested);
    }

    JobProgress at(long newest) {
        return new JobProgress(
                id, state, dispatch, sends, attempt, delivery, newest, transientFailures, cancelRequested);
    }

    /** Run by another attempt from now on. */
    JobProgress by(UUID current, int deliveryCount) {
        return new JobProgress(
                id, state, dispatch, sends, Optional.of(current), deliveryCount, 0, transientFailures, cancelRequested);
    }

    /** Waiting for the broker to hand the same record out again. */
    JobProgress returned() {
        return in(JobState.QUEUED);
    }

    /** Sent out anew, because that failed which failures count. */
    JobProgress dispatchedAgain(int failures) {
        return new JobProgress(
                id, JobState.QUEUED, dispatch + 1, sends + 1, Optional.empty(), 0, 0, failures, cancelRequested);
    }

    /** Sent out anew through no fault of its own. */
    JobProgress replaced() {
        return new JobProgress(
                id, JobState.QUEUED, dispatch + 1, sends, Optional.empty(), 0, 0, transientFailures, cancelRequested);
    }

    JobProgress cancelling() {
        return new JobProgress(id, state, dispatch, sends, attempt, delivery, sequence, transientFailures, true);
    }
}
