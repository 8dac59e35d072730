package dev.steelyard.worker.attempt;

import dev.steelyard.proto.v1.JobEvent;

/** Something that happened to an attempt. */
public sealed interface Signal {

    /** Things that carry nothing. */
    enum Simple implements Signal {
        /** The Started event is durable. */
        OPENED,
        /** The Started event could not be made durable. */
        NOT_OPENED,
        /** A third of the lock has passed. */
        RENEWAL_DUE,
        /** The lock runs anew. */
        RENEWED,
        /** The broker no longer counts the record as this worker's. */
        LOCK_LOST,
        /** The job was told to stop and has not, for as long as it may take. */
        GRACE_OVER,
        /** The last event is durable. */
        REPORTED,
        /** The last event could not be made durable. */
        NOT_REPORTED,
        /** The pause before an event is sent again is over. */
        PAUSE_OVER
    }

    /**
     * The method returned or threw.
     *
     * @param result Succeeded or Failed, with only the kind set
     */
    record JobOver(JobEvent result) implements Signal {}

    /** Somebody wants the job to stop. */
    record StopAsked(Stop stop) implements Signal {}
}
