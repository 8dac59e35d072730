package dev.steelyard.gateway.jobs;

import dev.steelyard.gateway.jobs.JobView.AttemptView;
import dev.steelyard.gateway.jobs.JobView.ProgressView;
import dev.steelyard.gateway.paging.Cursor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads jobs. */
@Component
class JobTable {
    private static final String COLUMNS = """
            id, method, method_version, state, params::text, inputs::text, seed, cache, labels::text, timeout_ms,
            cached_from, dispatch, progress, progress_message, outputs::text, summary::text, problem::text,
            created_at, started_at, finished_at, cancel_requested
            """;

    private final JdbcClient database;

    JobTable(JdbcClient database) {
        this.database = database;
    }

    /**
     * What a list of jobs is narrowed to; null or empty: no such bound.
     *
     * @param labelsJson jobs whose labels contain this object
     * @param after end of the page before
     */
    record Filter(
            @Nullable JobState state,
            @Nullable String method,
            @Nullable String labelsJson,
            Optional<Cursor> after) {}

    Optional<JobView> find(UUID id) {
        return database.sql("select " + COLUMNS + " from job where id = ?")
                .param(id)
                .query(JobTable::view)
                .optional();
    }

    List<JobView> findAll(Collection<UUID> ids) {
        return database.sql("select " + COLUMNS + " from job where id = any (?)")
                .param(ids.toArray(UUID[]::new))
                .query(JobTable::view)
                .list();
    }

    /** How many of these jobs have not ended. */
    int open(Collection<UUID> ids) {
        return database.sql("select count(*) from job where id = any (?) and state in ('QUEUED', 'RUNNING')")
                .param(ids.toArray(UUID[]::new))
                .query(Integer.class)
                .single();
    }

    Optional<JobView> findByKey(String owner, String idempotencyKey) {
        return database.sql("select " + COLUMNS + " from job where owner = ? and idempotency_key = ?")
                .params(owner, idempotencyKey)
                .query(JobTable::view)
                .optional();
    }

    byte[] requestHash(UUID id) {
        return database.sql("select request_hash from job where id = ?")
                .param(id)
                .query((row, n) -> row.getBytes(1))
                .single();
    }

    /** The jobs that did the same work first, by cache key in hex. */
    Map<String, UUID> results(List<byte[]> cacheKeys) {
        Map<String, UUID> found = new HashMap<>();
        database.sql("""
                        select distinct on (cache_key) encode(cache_key, 'hex'), id from job
                        where cache_key = any (?) and state = 'SUCCEEDED' and cached_from is null
                        order by cache_key, finished_at
                        """).param(cacheKeys.toArray(byte[][]::new)).query(row -> {
            found.put(row.getString(1), row.getObject(2, UUID.class));
        });
        return found;
    }

    /** Newest first. */
    List<JobView> list(Filter filter, int limit) {
        List<String> bounds = new ArrayList<>(List.of("true"));
        List<Object> values = new ArrayList<>();
        if (filter.state() != null) {
            bounds.add("state = '" + filter.state().name() + "'"); // no parameter, which would rule out a partial index
        }
        if (filter.method() != null) {
            bounds.add("method = ?");
            values.add(filter.method());
        }
        if (filter.labelsJson() != null) {
            bounds.add("labels <> '{}' and labels @> ?::jsonb");
            values.add(filter.labelsJson());
        }
        filter.after().ifPresent(after -> {
            bounds.add("(created_at, id) < (?, ?::uuid)");
            values.add(Timestamp.from(after.createdAt()));
            values.add(after.id());
        });
        values.add(limit);
        return database.sql("select " + COLUMNS + " from job where " + String.join(" and ", bounds)
                        + " order by created_at desc, id desc limit ?")
                .params(values)
                .query(JobTable::view)
                .list();
    }

    List<AttemptView> attempts(UUID job) {
        return database.sql("""
                        select id, worker, state, dispatch, delivery_count, started_at, ended_at
                        from attempt where job_id = ? order by dispatch, delivery_count, started_at
                        """)
                .param(job)
                .query((row, n) -> new AttemptView(
                        row.getObject(1, UUID.class),
                        row.getString(2),
                        row.getString(3),
                        row.getInt(4),
                        row.getInt(5),
                        instant(row, 6).orElseThrow(),
                        instant(row, 7).orElse(null)))
                .list();
    }

    private static JobView view(ResultSet row, int n) throws SQLException {
        double fraction = row.getDouble(13);
        ProgressView progress = row.wasNull() ? null : new ProgressView(fraction, String.valueOf(row.getString(14)));
        long timeout = row.getLong(10);
        String limit = row.wasNull() ? null : Duration.ofMillis(timeout).toString();
        return new JobView(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getString(3),
                JobState.valueOf(row.getString(4)),
                row.getString(5),
                row.getString(6),
                row.getLong(7),
                row.getBoolean(8),
                row.getString(9),
                limit,
                row.getObject(11, UUID.class),
                row.getInt(12),
                row.getBoolean(21),
                null,
                progress,
                row.getString(15),
                row.getString(16),
                row.getString(17),
                instant(row, 18).orElseThrow(),
                instant(row, 19).orElse(null),
                instant(row, 20).orElse(null));
    }

    private static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
        return Optional.ofNullable(row.getTimestamp(column)).map(Timestamp::toInstant);
    }
}
