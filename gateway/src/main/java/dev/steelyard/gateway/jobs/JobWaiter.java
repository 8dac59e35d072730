package dev.steelyard.gateway.jobs;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Waits for jobs to end, on behalf of a request. */
@Component
class JobWaiter {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    private final JobTable table;
    private final JobSignals signals;

    JobWaiter(JobTable table, JobSignals signals) {
        this.table = table;
        this.signals = signals;
    }

    /** The same jobs as they stand when all have ended or the time is over, in the same order. */
    List<JobView> await(List<JobView> jobs, Duration atMost) throws InterruptedException {
        if (atMost.isZero() || jobs.isEmpty()) {
            return jobs;
        }
        List<UUID> ids = jobs.stream().map(JobView::id).toList();
        long deadline = System.nanoTime() + atMost.toNanos();
        try (JobSignals.Subscription changes = signals.listen(ids)) {
            while (true) {
                long left = deadline - System.nanoTime();
                if (left <= 0 || table.open(ids) == 0) {
                    return inOrder(ids);
                }
                changes.await(Duration.ofNanos(Math.min(left, LOOK_AGAIN.toNanos())));
            }
        }
    }

    private List<JobView> inOrder(List<UUID> ids) {
        Map<UUID, JobView> found = new HashMap<>();
        table.findAll(ids).forEach(job -> found.put(job.id(), job));
        return ids.stream().map(found::get).toList();
    }
}
