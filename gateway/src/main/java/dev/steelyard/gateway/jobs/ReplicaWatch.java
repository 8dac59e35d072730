package dev.steelyard.gateway.jobs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Sees what other replicas of the gateway change about jobs that someone waits for here: one query a second for all of
 * them, by the row version that PostgreSQL keeps anyway. None when nobody waits.
 */
@Component
class ReplicaWatch {
    private final JobSignals signals;
    private final JdbcTemplate database;
    private Map<UUID, String> seen = Map.of();

    ReplicaWatch(JobSignals signals, JdbcTemplate database) {
        this.signals = signals;
        this.database = database;
    }

    @Scheduled(fixedDelay = 1_000)
    synchronized void look() {
        Set<UUID> waitedFor = signals.waitedFor();
        Map<UUID, String> found = new HashMap<>();
        if (!waitedFor.isEmpty()) {
            database.query(
                    "select id, xmin::text from job where id = any (?)",
                    row -> {
                        found.put(row.getObject(1, UUID.class), row.getString(2));
                    },
                    (Object) waitedFor.toArray(UUID[]::new));
        }
        List<UUID> changed = new ArrayList<>();
        found.forEach((id, version) -> {
            if (!version.equals(seen.get(id))) {
                changed.add(id);
            }
        });
        seen = found;
        signals.changed(changed);
    }
}
