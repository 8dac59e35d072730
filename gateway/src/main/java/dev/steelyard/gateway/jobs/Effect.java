package dev.steelyard.gateway.jobs;

import dev.steelyard.proto.v1.Control.StopAttempt;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.Problem;
import java.time.Duration;
import java.util.UUID;

/** What has to be written or sent because of an event. */
sealed interface Effect {
    /** An attempt is new and current. */
    record AttemptStarted(UUID attempt, String worker, int dispatch, int delivery) implements Effect {}

    /**
     * An attempt is over.
     *
     * @param outcome SUCCEEDED, FAILED, CANCELLED, ABANDONED or SUPERSEDED
     */
    record AttemptEnded(UUID attempt, String outcome) implements Effect {}

    /** Tell a worker that an attempt's result is not wanted. */
    record Stop(UUID attempt, StopAttempt.Reason reason) implements Effect {}

    /** Send the job out again. */
    record Redispatch(Duration delay) implements Effect {}

    record Succeeded(JobEvent.Succeeded result) implements Effect {}

    record Failed(Problem problem) implements Effect {}

    record Cancelled(String reason) implements Effect {}

    record Progressed(double fraction, String message) implements Effect {}

    record Measured(JobEvent.Metric metric) implements Effect {}

    record Logged(UUID attempt, JobEvent.Log log) implements Effect {}

    /** The event was refused: its attempt does not count. */
    record Refused(String reason) implements Effect {}
}
