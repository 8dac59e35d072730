package dev.steelyard.worker;

import dev.steelyard.proto.v1.Control;
import dev.steelyard.worker.attempt.Stop;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What the gateway has ordered about jobs, and the attempts here that orders can reach. Safe for several threads. */
final class Orders {
    /** Cancelled jobs remembered; the oldest give way. A forgotten one is run, and its result refused. */
    private static final int REMEMBERED = 100_000;

    private final Map<String, Control.Cancel> cancelled = new LinkedHashMap<>();
    private final Map<String, Set<Attempt>> attempts = new ConcurrentHashMap<>();

    /** An attempt that can be told to stop. */
    interface Attempt {
        String jobId();

        String attemptId();

        int dispatch();

        /** Must return at once. */
        void stop(Stop stop);
    }

    /** Why the job was cancelled, if dispatches up to this one were. */
    Optional<String> cancelled(String jobId, int dispatch) {
        synchronized (cancelled) {
            Control.Cancel cancel = cancelled.get(jobId);
            return cancel != null && dispatch <= cancel.getDispatch()
                    ? Optional.of(cancel.getReason())
                    : Optional.empty();
        }
    }

    /** From now on orders reach the attempt; one that came before does so at once. */
    void register(Attempt attempt) {
        attempts.computeIfAbsent(attempt.jobId(), _ -> ConcurrentHashMap.newKeySet())
                .add(attempt);
        cancelled(attempt.jobId(), attempt.dispatch())
                .ifPresent(reason -> attempt.stop(new Stop(Stop.Cause.CANCEL, reason)));
    }

    void unregister(Attempt attempt) {
        attempts.computeIfPresent(attempt.jobId(), (_, known) -> {
            known.remove(attempt);
            return known.isEmpty() ? null : known;
        });
    }

    /** Passes an order on to those it concerns. */
    void obey(Control control) {
        switch (control.getOrderCase()) {
            case CANCEL -> cancel(control.getJobId(), control.getCancel());
            case STOP_ATTEMPT -> stop(control.getJobId(), control.getStopAttempt());
            default -> {
                // an order of a later version of the platform
            }
        }
    }

    /** Nothing that was ordered about the job holds any longer. */
    void forget(String jobId) {
        synchronized (cancelled) {
            cancelled.remove(jobId);
        }
    }

    private void cancel(String jobId, Control.Cancel cancel) {
        synchronized (cancelled) {
            cancelled.put(jobId, cancel);
            if (cancelled.size() > REMEMBERED) {
                cancelled.remove(cancelled.keySet().iterator().next());
            }
        }
        for (Attempt attempt : attempts.getOrDefault(jobId, Set.of())) {
            if (attempt.dispatch() <= cancel.getDispatch()) {
                attempt.stop(new Stop(Stop.Cause.CANCEL, cancel.getReason()));
            }
        }
    }

    private void stop(String jobId, Control.StopAttempt order) {
        Stop.Cause cause = switch (order.getReason()) {
            case SUPERSEDED -> Stop.Cause.SUPERSEDED;
            default -> Stop.Cause.JOB_ENDED;
        };
        for (Attempt attempt : attempts.getOrDefault(jobId, Set.of())) {
            if (attempt.attemptId().equals(order.getAttemptId())) {
                attempt.stop(new Stop(cause, "the gateway stopped this attempt"));
            }
        }
    }
}
