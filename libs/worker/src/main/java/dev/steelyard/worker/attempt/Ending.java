package dev.steelyard.worker.attempt;

import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.JobEvent.Abandoned;
import dev.steelyard.proto.v1.JobEvent.Cancelled;
import dev.steelyard.proto.v1.JobEvent.Failed;
import dev.steelyard.proto.v1.Problem;
import java.util.Optional;

/**
 * How an attempt ends.
 *
 * @param report the last event of the attempt, with only its kind set; without a kind: nothing is reported
 * @param ack what becomes of the record once the report is durable
 * @param forget whether no later attempt can have use for the job's saved state
 */
public record Ending(JobEvent report, Ack ack, boolean forget) {
    private static final JobEvent NOTHING = JobEvent.getDefaultInstance();

    /**
     * How a run ends that was perhaps told to stop.
     *
     * @param result Succeeded or Failed, with only the kind set
     * @param locked whether the record is still this worker's
     */
    public static Ending of(JobEvent result, Optional<Stop> stop, boolean locked) {
        if (stop.isPresent() && !(result.hasSucceeded() && locked && stop.get().wouldTakeResult())) {
            return stop.get().ending(locked);
        }
        return locked ? result(result) : abandoned(Abandoned.Reason.LOCK_LOST, Ack.NONE);
    }

    private static Ending result(JobEvent result) {
        boolean again = result.hasFailed() && result.getFailed().getTransient();
        return new Ending(result, Ack.ACCEPT, !again);
    }

    /** A failure of a job that cannot be run at all. */
    static Ending failed(String code, String detail, Ack ack) {
        return failed(code, detail, ack, true);
    }

    /** A failure for want of time or luck: a retry can go on from the saved state. */
    static Ending interrupted(String code, String detail, Ack ack) {
        return failed(code, detail, ack, false);
    }

    private static Ending failed(String code, String detail, Ack ack, boolean forget) {
        Problem problem = Problem.newBuilder().setCode(code).setDetail(detail).build();
        return new Ending(
                JobEvent.newBuilder()
                        .setFailed(Failed.newBuilder().setProblem(problem))
                        .build(),
                ack,
                forget);
    }

    static Ending cancelled(String reason, Ack ack) {
        return new Ending(
                JobEvent.newBuilder()
                        .setCancelled(Cancelled.newBuilder().setReason(reason))
                        .build(),
                ack,
                true);
    }

    static Ending abandoned(Abandoned.Reason reason, Ack ack) {
        return new Ending(
                JobEvent.newBuilder()
                        .setAbandoned(Abandoned.newBuilder().setReason(reason))
                        .build(),
                ack,
                false);
    }

    /** Nobody waits for a report. */
    static Ending silent(Ack ack, boolean forget) {
        return new Ending(NOTHING, ack, forget);
    }

    Ending with(Ack other) {
        return new Ending(report, other, forget);
    }

    /** Whether there is an event to send. */
    public boolean isReported() {
        return report.getKindCase() != JobEvent.KindCase.KIND_NOT_SET;
    }

    /** One word for logs and metrics: "succeeded", "failed", "abandoned", … */
    public String outcome() {
        return switch (report.getKindCase()) {
            case SUCCEEDED -> "succeeded";
            case FAILED -> report.getFailed().getTransient() ? "failed-transient" : "failed";
            case CANCELLED -> "cancelled";
            case ABANDONED ->
                report.getAbandoned().getReason() == Abandoned.Reason.LOCK_LOST ? "lock-lost" : "released";
            default -> "dropped";
        };
    }
}
