package dev.steelyard.worker.attempt;

import java.util.List;

/**
 * What follows from a signal.
 *
 * @param next where the attempt stands now
 * @param effects what is to be done, in this order
 */
public record Step(AttemptState next, List<Effect> effects) {

    /** Things to do. */
    public enum Effect {
        /** Send the Started event; answered by OPENED or NOT_OPENED. */
        OPEN,
        /** Renew the lock; answered by RENEWED or LOCK_LOST. */
        RENEW,
        /** Start the method; answered by JobOver. */
        START_JOB,
        /** Tell the method to stop; answered by JobOver, or by GRACE_OVER when it does not listen. */
        STOP_JOB,
        /** Leave the method to itself: its results are dropped, its slot stays taken until it returns. */
        DETACH_JOB,
        /** Send the last event; answered by REPORTED or NOT_REPORTED. */
        REPORT,
        /** Send the last event again; answered by REPORTED or NOT_REPORTED. */
        REPORT_AGAIN,
        /** Wait before the event is sent again, longer each time; answered by PAUSE_OVER. */
        PAUSE
    }

    static Step to(AttemptState next, Effect... effects) {
        return new Step(next, List.of(effects));
    }
}
