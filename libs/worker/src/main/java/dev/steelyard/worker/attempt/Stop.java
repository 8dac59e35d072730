package dev.steelyard.worker.attempt;

import dev.steelyard.proto.v1.JobEvent.Abandoned;

/**
 * Why a running job is to stop.
 *
 * @param detail for people
 */
public record Stop(Cause cause, String detail) {

    /** Later ones outweigh earlier ones when several come together. */
    public enum Cause {
        /** The job ran longer than it may. */
        TIMEOUT,
        /** The worker goes down. */
        SHUTDOWN,
        /** The broker no longer counts the record as this worker's. */
        LOCK_LOST,
        /** The user wants no result. */
        CANCEL,
        /** A higher ranked attempt runs. */
        SUPERSEDED,
        /** The job has ended. */
        JOB_ENDED
    }

    /** The weightier of the two. */
    public Stop or(Stop other) {
        return other.cause.compareTo(cause) > 0 ? other : this;
    }

    /** Whether a result that comes all the same is worth reporting. */
    boolean wouldTakeResult() {
        return cause == Cause.TIMEOUT || cause == Cause.SHUTDOWN;
    }

    /**
     * How an attempt ends that was stopped for this.
     *
     * @param locked whether the record is still this worker's
     */
    public Ending ending(boolean locked) {
        Ack done = locked ? Ack.ACCEPT : Ack.NONE;
        return switch (cause) {
            case TIMEOUT -> Ending.interrupted("timeout", detail, done);
            case SHUTDOWN ->
                locked
                        ? Ending.abandoned(Abandoned.Reason.SHUTDOWN, Ack.RELEASE)
                        : Ending.abandoned(Abandoned.Reason.LOCK_LOST, Ack.NONE);
            case LOCK_LOST -> Ending.abandoned(Abandoned.Reason.LOCK_LOST, Ack.NONE);
            case CANCEL -> Ending.cancelled(detail, done);
            case SUPERSEDED -> Ending.silent(done, false);
            case JOB_ENDED -> Ending.silent(done, true);
        };
    }
}
