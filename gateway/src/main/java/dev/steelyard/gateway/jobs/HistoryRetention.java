package dev.steelyard.gateway.jobs;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Removes log lines and metric points of jobs that ended long ago; the jobs themselves, and their lineage, stay. */
@Component
class HistoryRetention {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryRetention.class);
    private final JdbcTemplate database;
    private final JobSettings settings;

    HistoryRetention(JdbcTemplate database, JobSettings settings) {
        this.database = database;
        this.settings = settings;
    }

    @Scheduled(initialDelay = 600_000, fixedDelay = 3_600_000)
    void removeOld() {
        for (String table : new String[] {"job_log", "job_metric"}) {
            int removed;
            do {
                removed = database.update(
                        """
                        delete from %s where id in (
                            select line.id from %s line join job on job.id = line.job_id
                            where job.finished_at < now() - ? * interval '1 millisecond'
                            order by line.id limit 10000)
                        """.formatted(table, table), settings.keepLines().toMillis());
                LOG.debug("removed {} rows of {}", removed, table);
            } while (removed > 0);
        }
    }
}
