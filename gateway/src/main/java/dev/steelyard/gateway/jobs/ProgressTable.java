package dev.steelyard.gateway.jobs;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Locks the rows that events are about to change. Call inside a transaction. */
@Component
class ProgressTable {
    private static final String COLUMNS = "id, state, dispatch, sends, current_attempt, current_delivery,"
            + " current_sequence, transient_failures, cancel_requested";
    private static final int LOST_AT_ONCE = 100;

    private final JdbcTemplate database;
    private final JsonMapper json;

    ProgressTable(JdbcTemplate database, JsonMapper json) {
        this.database = database;
        this.json = json;
    }

    /** The jobs that exist; always locked in the order of their ids, so that two batches cannot block each other. */
    Map<UUID, JobProgress> lock(Collection<UUID> ids) {
        Map<UUID, JobProgress> found = new HashMap<>();
        database.query(
                "select " + COLUMNS + " from job where id = any (?) order by id for update",
                row -> {
                    JobProgress job = progress(row);
                    found.put(job.id(), job);
                },
                (Object) ids.toArray(UUID[]::new));
        return found;
    }

    /** Running jobs of which nothing was heard for so long, a few at a time. */
    List<JobProgress> lockSilent(Duration silence) {
        return database.query(
                "select " + COLUMNS + " from job where state = 'RUNNING'"
                        + " and last_event_at < now() - ? * interval '1 millisecond'"
                        + " order by id limit ? for update skip locked",
                (row, n) -> progress(row),
                silence.toMillis(),
                LOST_AT_ONCE);
    }

    /** Jobs that a worker gave back so long ago, a few at a time. */
    List<JobProgress> lockForgotten(Duration forgotten) {
        return database.query(
                "select " + COLUMNS + " from job where state = 'QUEUED' and current_attempt is not null"
                        + " and last_event_at < now() - ? * interval '1 millisecond'"
                        + " order by id limit ? for update skip locked",
                (row, n) -> progress(row),
                forgotten.toMillis(),
                LOST_AT_ONCE);
    }

    /** Makes an ended job wait for its next dispatch, as if nothing had happened yet. */
    void restart(UUID id) {
        database.update("""
                update job set state = 'QUEUED', dispatch = dispatch + 1, sends = 1, current_attempt = null,
                    current_delivery = 0, current_sequence = 0, transient_failures = 0, cancel_requested = false,
                    problem = null, progress = null, progress_message = null, started_at = null, finished_at = null
                where id = ?
                """, id);
    }

    /** What a worker has to be told about a job. */
    Dispatch dispatch(UUID id) {
        List<Dispatch> found = database.query(
                "select id, method, method_version, short, params::text, inputs::text, seed, timeout_ms, trace_parent"
                        + " from job where id = ?",
                (row, n) -> dispatch(row),
                id);
        return found.getFirst();
    }

    private Dispatch dispatch(ResultSet row) throws SQLException {
        long timeout = row.getLong(8);
        Long limit = row.wasNull() ? null : timeout;
        Map<String, String> inputs = new HashMap<>();
        json.readTree(row.getString(6))
                .properties()
                .forEach(p ->
                        inputs.put(p.getKey(), p.getValue().path("artifact").asString()));
        return new Dispatch(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getString(3),
                row.getBoolean(4),
                CanonicalJson.of(json.readTree(row.getString(5))).toString(),
                inputs,
                row.getLong(7),
                limit,
                row.getString(9));
    }

    private static JobProgress progress(ResultSet row) throws SQLException {
        return new JobProgress(
                row.getObject(1, UUID.class),
                JobState.valueOf(row.getString(2)),
                row.getInt(3),
                row.getInt(4),
                Optional.ofNullable(row.getObject(5, UUID.class)),
                row.getInt(6),
                row.getLong(7),
                row.getInt(8),
                row.getBoolean(9));
    }
}
