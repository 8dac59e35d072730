package dev.steelyard.gateway.jobs;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Removes log lines and metric points of jobs that ended long ago; the jobs themselves, and their lineage, stay. The first
 * run after a start goes through all such jobs, a later one through those that have come of age since.
 */
@Component
class HistoryRetention {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryRetention.class);
    private static final int JOBS = 500;
    private static final int ROWS = 10_000;

    /** Of ends that were committed late, or by a gateway whose clock is behind. */
    private static final Duration MARGIN = Duration.ofDays(1);

    private static final UUID FIRST = new UUID(0, 0);

    private final JdbcTemplate database;
    private final JobSettings settings;
    private Instant doneUntil = Instant.EPOCH;

    HistoryRetention(JdbcTemplate database, JobSettings settings) {
        this.database = database;
        this.settings = settings;
    }

    private record Ended(UUID id, Timestamp at) {}

    @Scheduled(initialDelay = 600_000, fixedDelay = 3_600_000, scheduler = SlowTasks.SCHEDULER)
    void removeOld() {
        Instant until = Instant.now().minus(settings.keepLines());
        Ended last = new Ended(FIRST, Timestamp.from(doneUntil));
        List<Ended> jobs;
        do {
            jobs = ended(last, until);
            if (!jobs.isEmpty()) {
                removeOf(jobs);
                last = jobs.getLast();
            }
        } while (jobs.size() == JOBS);
        doneUntil = until.minus(MARGIN);
    }

    private List<Ended> ended(Ended after, Instant until) {
        return database.query(
                "select id, finished_at from job where finished_at < ? and (finished_at, id) > (?, ?)"
                        + " order by finished_at, id limit ?",
                (row, n) -> new Ended(row.getObject(1, UUID.class), row.getTimestamp(2)),
                Timestamp.from(until),
                after.at(),
                after.id(),
                JOBS);
    }

    /** A few rows at a time: a job may have millions. */
    private void removeOf(List<Ended> jobs) {
        UUID[] ids = jobs.stream().map(Ended::id).toArray(UUID[]::new);
        for (String table : new String[] {"job_log", "job_metric"}) {
            int removed;
            do {
                // in the order of the index, so that the planner has no cheaper way even where there is nothing to find
                removed = database.update("""
                        delete from %s where ctid = any (array(
                            select ctid from %s where job_id = any (?) order by job_id, id limit ?))
                        """.formatted(table, table), ids, ROWS);
                LOG.debug("removed {} rows of {}", removed, table);
            } while (removed == ROWS);
        }
    }
}
