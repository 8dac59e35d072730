package dev.steelyard.gateway.jobs;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** Wakes those who wait for a job to change; {@link ReplicaWatch} tells of what other replicas change. */
@Component
class JobSignals {
    private final Map<UUID, List<Semaphore>> waiting = new ConcurrentHashMap<>();

    /** Some jobs have changed, visibly to everyone. */
    void changed(Collection<UUID> jobs) {
        for (UUID job : jobs) {
            waiting.getOrDefault(job, List.of()).forEach(Semaphore::release);
        }
    }

    /** The jobs that someone waits for. */
    Set<UUID> waitedFor() {
        return Set.copyOf(waiting.keySet());
    }

    /** Begins to listen; what changes from now on is not missed. */
    Subscription listen(Collection<UUID> jobs) {
        return new Subscription(jobs);
    }

    /** Someone's interest in some jobs. */
    final class Subscription implements AutoCloseable {
        private final Collection<UUID> jobs;
        private final Semaphore changes = new Semaphore(0);

        private Subscription(Collection<UUID> jobs) {
            this.jobs = List.copyOf(jobs);
            for (UUID job : this.jobs) {
                waiting.compute(job, (id, list) -> {
                    List<Semaphore> all = list == null ? new CopyOnWriteArrayList<>() : list;
                    all.add(changes);
                    return all;
                });
            }
        }

        /** Waits for a change of any of the jobs, or for so long. */
        void await(Duration atMost) throws InterruptedException {
            if (changes.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
                changes.drainPermits();
            }
        }

        @Override
        public void close() {
            for (UUID job : jobs) {
                waiting.computeIfPresent(job, (id, list) -> {
                    list.remove(changes);
                    return list.isEmpty() ? null : list;
                });
            }
        }
    }
}
