package dev.steelyard.gateway.jobs;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Writes submitted jobs together with what has to be sent for them. */
@Component
class JobInserts {
    /** One statement, hence one transaction, hence one round trip: the job and its outbox row, or neither. */
    private static final String QUEUED = """
            with fresh as (
                insert into job (id, method, method_version, short, params, inputs, seed, cache, labels, timeout_ms,
                                 state, dispatch, cache_key, trace_parent, owner, idempotency_key, request_hash,
                                 created_at)
                values (?, ?, ?, ?, ?::jsonb, ?::jsonb, ?, ?, ?::jsonb, ?, 'QUEUED', 1, ?, ?, ?, ?, ?, ?)
                on conflict (owner, idempotency_key) where idempotency_key is not null do nothing
                returning id)
            insert into outbox (topic, record_key, type, payload, trace_parent)
            select ?, id::text, 'dev.steelyard.job.run', ?, ? from fresh
            """;

    private static final String ANSWERED = """
            insert into job (id, method, method_version, short, params, inputs, seed, cache, labels, timeout_ms,
                             state, dispatch, cache_key, trace_parent, owner, idempotency_key, request_hash,
                             created_at, started_at, finished_at, cached_from, outputs, summary)
            select ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?, ?, ?::jsonb, ?, 'SUCCEEDED', 0, ?, ?, ?, ?, ?, ?, now(), now(),
                   earlier.id, earlier.outputs, earlier.summary
            from job earlier where earlier.id = ?
            on conflict (owner, idempotency_key) where idempotency_key is not null do nothing
            """;

    private static final int CHUNK = 500;

    private final JdbcTemplate database;
    private final Publications publications;
    private final TransactionTemplate transaction;

    JobInserts(JdbcTemplate database, Publications publications, TransactionTemplate transaction) {
        this.database = database;
        this.publications = publications;
        this.transaction = transaction;
    }

    private record Consumed(UUID job, String name, String artifact) {}

    /** Writes one job that a worker will run, whole or not at all; false when its idempotency key was used before. */
    boolean queued(NewJob job) {
        if (!job.dispatch().inputs().isEmpty() || job.publish() != null) {
            return !queuedAll(List.of(job)).isEmpty();
        }
        return database.update(QUEUED, statement -> fillQueued(statement, job)) == 1;
    }

    /** The same for many in one transaction; the ids of those whose keys were not used before. */
    Set<UUID> queuedAll(List<NewJob> jobs) {
        return transaction.execute(status -> writeQueued(jobs));
    }

    private Set<UUID> writeQueued(List<NewJob> jobs) {
        // In the order of the keys, so that two batches with the same keys cannot block each other.
        List<NewJob> sorted = jobs.stream()
                .sorted(Comparator.comparing(NewJob::idempotencyKey, Comparator.nullsFirst(Comparator.naturalOrder())))
                .toList();
        List<NewJob> fresh = new ArrayList<>();
        int next = 0;
        for (int[] chunk : database.batchUpdate(QUEUED, sorted, CHUNK, JobInserts::fillQueued)) {
            for (int count : chunk) {
                NewJob job = sorted.get(next++);
                if (count == 1) {
                    fresh.add(job);
                }
            }
        }
        consumed(fresh);
        publications.add(fresh);
        return fresh.stream().map(NewJob::id).collect(Collectors.toSet());
    }

    /** Writes one job that is answered by an earlier one's result; false when its key was used before. */
    boolean answered(NewJob job, UUID earlier) {
        return transaction.execute(status -> writeAnswered(job, earlier));
    }

    private boolean writeAnswered(NewJob job, UUID earlier) {
        boolean fresh = database.update(ANSWERED, statement -> {
                    int next = fillJob(statement, job);
                    statement.setObject(next, earlier);
                })
                == 1;
        if (fresh) {
            consumed(List.of(job));
            database.update(
                    "insert into produced (job_id, name, artifact) select ?, name, artifact from produced"
                            + " where job_id = ?",
                    job.dispatch().id(),
                    earlier);
        }
        return fresh;
    }

    private void consumed(List<NewJob> jobs) {
        List<Consumed> all = jobs.stream()
                .flatMap(job -> job.dispatch().inputs().entrySet().stream()
                        .map(input -> new Consumed(job.id(), input.getKey(), input.getValue())))
                .toList();
        database.batchUpdate(
                "insert into consumed (job_id, name, artifact) values (?, ?, ?)", all, CHUNK, (statement, consumed) -> {
                    statement.setObject(1, consumed.job());
                    statement.setString(2, consumed.name());
                    statement.setString(3, consumed.artifact());
                });
    }

    private static void fillQueued(PreparedStatement statement, NewJob job) throws SQLException {
        int next = fillJob(statement, job);
        statement.setString(next, job.dispatch().topic());
        statement.setBytes(next + 1, job.dispatch().record(1));
        statement.setString(next + 2, job.dispatch().traceParent());
    }

    private static int fillJob(PreparedStatement statement, NewJob job) throws SQLException {
        Dispatch dispatch = job.dispatch();
        statement.setObject(1, dispatch.id());
        statement.setString(2, dispatch.method());
        statement.setString(3, dispatch.methodVersion());
        statement.setBoolean(4, dispatch.isShort());
        statement.setString(5, dispatch.paramsJson());
        statement.setString(6, job.inputsJson());
        statement.setLong(7, dispatch.seed());
        statement.setBoolean(8, job.mayUseCache());
        statement.setString(9, job.labelsJson());
        if (dispatch.timeoutMillis() == null) {
            statement.setNull(10, Types.BIGINT);
        } else {
            statement.setLong(10, dispatch.timeoutMillis());
        }
        statement.setBytes(11, job.cacheKey());
        statement.setString(12, dispatch.traceParent());
        statement.setString(13, job.owner());
        statement.setString(14, job.idempotencyKey());
        statement.setBytes(15, job.requestHash());
        statement.setTimestamp(16, Timestamp.from(job.createdAt()));
        return 17;
    }
}
