package dev.steelyard.worker.attempt;

/** What becomes of a record. */
public enum Ack {
    /** Done with, for good. */
    ACCEPT,
    /** For another worker, at once. */
    RELEASE,
    /** Unusable, for good. */
    REJECT,
    /** Nothing: it is no longer this worker's. */
    NONE
}
