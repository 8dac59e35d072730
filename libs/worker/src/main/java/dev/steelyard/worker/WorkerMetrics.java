package dev.steelyard.worker;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Figures of a worker. */
final class WorkerMetrics {
    private final MeterRegistry registry;
    private final AtomicInteger busy = new AtomicInteger();
    private final AtomicInteger stuck = new AtomicInteger();
    private final Counter renewals;
    private final Counter locksLost;
    private final Counter acksFailed;
    private final Map<String, Timer> jobs = new ConcurrentHashMap<>();

    WorkerMetrics(MeterRegistry registry) {
        this.registry = registry;
        Gauge.builder("steelyard.worker.slots.busy", busy, AtomicInteger::get)
                .description("Slots that run a job or a batch")
                .register(registry);
        Gauge.builder("steelyard.worker.slots.stuck", stuck, AtomicInteger::get)
                .description("Slots lost to methods that do not stop when told to")
                .register(registry);
        renewals = Counter.builder("steelyard.worker.lock.renewals")
                .description("Locks renewed")
                .register(registry);
        locksLost = Counter.builder("steelyard.worker.lock.losses")
                .description("Records whose lock was lost while they were worked on")
                .register(registry);
        acksFailed = Counter.builder("steelyard.worker.acknowledgements.failed")
                .description("Acknowledgements the broker did not take")
                .register(registry);
    }

    void busy(int change) {
        busy.addAndGet(change);
    }

    void stuck(int change) {
        stuck.addAndGet(change);
    }

    void renewed() {
        renewals.increment();
    }

    void lockLost() {
        locksLost.increment();
    }

    void ackFailed() {
        acksFailed.increment();
    }

    /** A job of a method of this service has ended, or had to be given up. */
    void ended(String method, String outcome, Duration took) {
        jobs.computeIfAbsent(
                        method + " " + outcome,
                        _ -> Timer.builder("steelyard.worker.jobs")
                                .description("Attempts at jobs, from taking the record to its end")
                                .tags("method", method, "outcome", outcome)
                                .register(registry))
                .record(took);
    }
}
