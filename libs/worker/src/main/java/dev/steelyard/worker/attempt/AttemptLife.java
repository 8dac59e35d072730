package dev.steelyard.worker.attempt;

import dev.steelyard.worker.attempt.AttemptState.Claiming;
import dev.steelyard.worker.attempt.AttemptState.Ended;
import dev.steelyard.worker.attempt.AttemptState.Opening;
import dev.steelyard.worker.attempt.AttemptState.Reporting;
import dev.steelyard.worker.attempt.AttemptState.Running;
import dev.steelyard.worker.attempt.AttemptState.Stopping;
import dev.steelyard.worker.attempt.AttemptState.Unreported;
import dev.steelyard.worker.attempt.Signal.JobOver;
import dev.steelyard.worker.attempt.Signal.Simple;
import dev.steelyard.worker.attempt.Signal.StopAsked;
import dev.steelyard.worker.attempt.Step.Effect;
import java.util.Optional;

/**
 * The life of an attempt at a long job.
 *
 * <pre>
 * Opening ─► Claiming ─► Running ─► Reporting ◄─► Unreported ─► Ended
 *    │          │           └► Stopping ─┘
 *    └──────────┴──────────────────────────►
 * </pre>
 *
 * The order of things is what makes the platform's promises hold: Started is durable before the lock is confirmed, the
 * lock is confirmed before the method runs, the last event is durable before the record is acknowledged, and a record
 * whose lock is lost is never acknowledged. While the broker does not take an event the record is kept: given back, it
 * would come again at once, and after a few such rounds the broker drops it.
 */
public final class AttemptLife {
    private static final Stop LOST = new Stop(Stop.Cause.LOCK_LOST, "the broker gave the record to another worker");

    private AttemptLife() {}

    /** An attempt that is to run its job. */
    public static Step begin() {
        return Step.to(new Opening(), Effect.OPEN);
    }

    /** An attempt that ends before it begins. */
    public static Step endAtOnce(Ending ending) {
        return conclude(ending);
    }

    /** What follows when {@code signal} comes in {@code state}. */
    public static Step next(AttemptState state, Signal signal) {
        return switch (state) {
            case Opening opening -> opening(opening, signal);
            case Claiming claiming -> claiming(claiming, signal);
            case Running running -> running(running, signal);
            case Stopping stopping -> stopping(stopping, signal);
            case Reporting reporting -> reporting(reporting, signal);
            case Unreported unreported -> unreported(unreported, signal);
            case Ended ended -> Step.to(ended);
        };
    }

    private static Step opening(Opening here, Signal signal) {
        return switch (signal) {
            case Simple.OPENED -> Step.to(new Claiming(), Effect.RENEW);
            case Simple.NOT_OPENED -> Step.to(here, Effect.PAUSE);
            case Simple.PAUSE_OVER -> Step.to(here, Effect.OPEN);
            case Simple.RENEWAL_DUE -> Step.to(here, Effect.RENEW);
            case Simple.LOCK_LOST -> conclude(LOST.ending(false));
            case StopAsked(Stop stop) -> conclude(stop.ending(true), stop);
            case Simple _, JobOver _ -> Step.to(here);
        };
    }

    private static Step claiming(Claiming here, Signal signal) {
        return switch (signal) {
            case Simple.RENEWED -> Step.to(new Running(), Effect.START_JOB);
            case Simple.LOCK_LOST -> conclude(LOST.ending(false));
            case StopAsked(Stop stop) -> conclude(stop.ending(true), stop);
            case Simple _, JobOver _ -> Step.to(here);
        };
    }

    private static Step running(Running here, Signal signal) {
        return switch (signal) {
            case Simple.RENEWAL_DUE -> Step.to(here, Effect.RENEW);
            case Simple.LOCK_LOST -> Step.to(new Stopping(LOST, false), Effect.STOP_JOB);
            case StopAsked(Stop stop) -> Step.to(new Stopping(stop, true), Effect.STOP_JOB);
            case JobOver(var result) -> conclude(Ending.of(result, Optional.empty(), true));
            case Simple _ -> Step.to(here);
        };
    }

    private static Step stopping(Stopping here, Signal signal) {
        Stop stop = here.stop();
        return switch (signal) {
            case Simple.RENEWAL_DUE -> here.locked() ? Step.to(here, Effect.RENEW) : Step.to(here);
            case Simple.LOCK_LOST -> Step.to(new Stopping(stop.or(LOST), false));
            case StopAsked(Stop other) -> Step.to(new Stopping(stop.or(other), here.locked()));
            case JobOver(var result) -> conclude(Ending.of(result, Optional.of(stop), here.locked()), stop);
            case Simple.GRACE_OVER -> {
                Step step = conclude(stop.ending(here.locked()), stop);
                yield step.next() instanceof Reporting
                        ? Step.to(step.next(), Effect.DETACH_JOB, Effect.REPORT)
                        : Step.to(step.next(), Effect.DETACH_JOB);
            }
            case Simple _ -> Step.to(here);
        };
    }

    private static Step reporting(Reporting here, Signal signal) {
        boolean locked = here.ending().ack() != Ack.NONE;
        return switch (signal) {
            case Simple.REPORTED -> Step.to(new Ended(here.ending()));
            case Simple.NOT_REPORTED ->
                locked
                        ? here.givenUpFor()
                                .map(AttemptLife::giveUp)
                                .orElseGet(() -> Step.to(new Unreported(here.ending()), Effect.PAUSE))
                        : Step.to(new Ended(Ending.silent(Ack.NONE, false)));
            case Simple.RENEWAL_DUE -> locked ? Step.to(here, Effect.RENEW) : Step.to(here);
            case Simple.LOCK_LOST -> Step.to(new Reporting(here.ending().with(Ack.NONE), here.givenUpFor()));
            case StopAsked(Stop stop) ->
                isPatient(stop)
                        ? Step.to(here)
                        : Step.to(new Reporting(
                                here.ending(),
                                Optional.of(here.givenUpFor().map(stop::or).orElse(stop))));
            case Simple _, JobOver _ -> Step.to(here);
        };
    }

    private static Step unreported(Unreported here, Signal signal) {
        return switch (signal) {
            case Simple.PAUSE_OVER -> Step.to(new Reporting(here.ending(), Optional.empty()), Effect.REPORT_AGAIN);
            case Simple.RENEWAL_DUE -> Step.to(here, Effect.RENEW);
            case Simple.LOCK_LOST -> Step.to(new Ended(Ending.silent(Ack.NONE, false)));
            case StopAsked(Stop stop) -> isPatient(stop) ? Step.to(here) : giveUp(stop);
            case Simple _, JobOver _ -> Step.to(here);
        };
    }

    /** Whether somebody waits for the last event and there is time to send it again. */
    private static boolean isPatient(Stop stop) {
        return stop.cause() != Stop.Cause.SHUTDOWN && stop.ending(true).isReported();
    }

    private static Step giveUp(Stop stop) {
        Ending ending = stop.ending(true);
        return Step.to(new Ended(Ending.silent(ending.ack(), ending.forget())));
    }

    private static Step conclude(Ending ending) {
        return conclude(ending, Optional.empty());
    }

    private static Step conclude(Ending ending, Stop stop) {
        return conclude(ending, Optional.of(stop).filter(cause -> !isPatient(cause)));
    }

    private static Step conclude(Ending ending, Optional<Stop> givenUpFor) {
        return ending.isReported()
                ? Step.to(new Reporting(ending, givenUpFor), Effect.REPORT)
                : Step.to(new Ended(ending));
    }
}
