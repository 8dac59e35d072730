package dev.steelyard.worker;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.UUID;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How a worker works.
 *
 * @param slots long jobs at once; 0: as many as there are cores
 * @param threads a job may compute on; 0: the cores, shared out among the slots
 * @param shortSlots batches of short jobs at once
 * @param shortBatch short jobs taken at once, at most
 * @param name in events and logs, unique; empty: made from service, host and process
 * @param timeout longest run of a job that names none
 * @param shortTimeout longest run of a short job
 * @param grace how long a job may take to stop when told to
 * @param minFree bytes of the store's file system that {@code requireDisk} keeps back
 * @param stateRetention how long the saved state of a job is kept that nobody came back for
 */
@ConfigurationProperties("steelyard.worker")
record WorkerProperties(
        @DefaultValue("0") int slots,
        @DefaultValue("0") int threads,
        @DefaultValue("1") int shortSlots,
        @DefaultValue("200") int shortBatch,
        @DefaultValue("") String name,
        @DefaultValue("PT24H") Duration timeout,
        @DefaultValue("PT30S") Duration shortTimeout,
        @DefaultValue("PT10S") Duration grace,
        @DefaultValue("256MB") DataSize minFree,
        @DefaultValue("P7D") Duration stateRetention) {

    WorkerProperties {
        int cores = Runtime.getRuntime().availableProcessors();
        slots = slots == 0 ? cores : slots;
        threads = threads == 0 ? Math.max(1, cores / Math.max(1, slots)) : threads;
        atLeastOne("slots", slots);
        atLeastOne("threads", threads);
        atLeastOne("short-slots", shortSlots);
        atLeastOne("short-batch", shortBatch);
        positive("timeout", timeout);
        positive("short-timeout", shortTimeout);
        positive("grace", grace);
        positive("state-retention", stateRetention);
    }

    /** {@link #name}, or one that tells service, host and process. */
    String nameFor(String service) {
        return name.isEmpty()
                ? "%s-%s-%d-%s"
                        .formatted(
                                service,
                                host(),
                                ProcessHandle.current().pid(),
                                UUID.randomUUID().toString().substring(0, 8))
                : name;
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    private static void atLeastOne(String property, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "steelyard.worker." + property + " = " + value + ": expected at least 1");
        }
    }

    private static void positive(String property, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException(
                    "steelyard.worker." + property + " = " + value + ": expected a positive duration");
        }
    }
}
