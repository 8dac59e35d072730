package dev.steelyard.gateway.jobs;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Log lines and metric points of jobs, in the order they were projected. */
@Component
class JobHistory {
    private final JdbcClient database;

    JobHistory(JdbcClient database) {
        this.database = database;
    }

    record LogLine(long id, Instant at, String level, String message, UUID attempt) {}

    record MetricPoint(long id, String name, long step, double value, Instant at) {}

    List<LogLine> logs(UUID job, long after, int limit) {
        return database.sql("select id, at, level, message, attempt from job_log"
                        + " where job_id = ? and id > ? order by id limit ?")
                .params(job, after, limit)
                .query((row, n) -> new LogLine(
                        row.getLong(1),
                        row.getTimestamp(2).toInstant(),
                        row.getString(3),
                        row.getString(4),
                        row.getObject(5, UUID.class)))
                .list();
    }

    /** Of points of the same name and step the newest alone: a resumed job reports some steps again. */
    List<MetricPoint> metrics(UUID job, long after, int limit) {
        return database.sql("select id, name, step, value, at from job_metric point"
                        + " where job_id = ? and id > ? and not exists (select from job_metric later"
                        + " where later.job_id = point.job_id and later.name = point.name"
                        + " and later.step = point.step and later.id > point.id) order by id limit ?")
                .params(job, after, limit)
                .query((row, n) -> new MetricPoint(
                        row.getLong(1),
                        row.getString(2),
                        row.getLong(3),
                        row.getDouble(4),
                        row.getTimestamp(5).toInstant()))
                .list();
    }
}
