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
    private static final String COLUMNS = "id, state, dispatch, current_attempt, current_delivery, current_sequence,"
            + " transient_failures, cancel_requested";

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
                        + " order by id limit 100 for update skip locked",
                (row, n) -> progress(row),
                silence.toMillis());
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
                Optional.ofNullable(row.getObject(4, UUID.class)),
                row.getInt(5),
                row.getLong(6),
                row.getInt(7),
                row.getBoolean(8));
    }
}
