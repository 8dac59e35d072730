package dev.steelyard.gateway.jobs;

import dev.steelyard.gateway.jobs.Effect.AttemptEnded;
import dev.steelyard.gateway.jobs.Effect.AttemptStarted;
import dev.steelyard.gateway.jobs.Effect.Logged;
import dev.steelyard.gateway.jobs.Effect.Measured;
import dev.steelyard.gateway.jobs.Effect.Redispatch;
import dev.steelyard.gateway.jobs.Effect.Stop;
import dev.steelyard.proto.v1.Control;
import dev.steelyard.proto.v1.JobEvent;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Writes what events changed: few statements for many jobs. Call inside a transaction. */
@Component
class EffectWriter {
    private static final int CHUNK = 500;
    private static final String UPDATE = """
            update job set state = ?, dispatch = ?, sends = ?, current_attempt = ?, current_delivery = ?, current_sequence = ?,
                transient_failures = ?, cancel_requested = ?, last_event_at = now(),
                progress = coalesce(?, progress), progress_message = coalesce(?, progress_message),
                outputs = coalesce(?::jsonb, outputs), summary = coalesce(?::jsonb, summary),
                problem = coalesce(?::jsonb, problem),
                started_at = coalesce(started_at, ?), finished_at = coalesce(?, finished_at)
            where id = ?
            """;

    private final JdbcTemplate database;
    private final ProgressTable jobs;
    private final ProducedTable produced;
    private final Outbox outbox;
    private final ResultJson json;

    EffectWriter(JdbcTemplate database, ProgressTable jobs, ProducedTable produced, Outbox outbox, ResultJson json) {
        this.database = database;
        this.jobs = jobs;
        this.produced = produced;
        this.outbox = outbox;
        this.json = json;
    }

    private record Owned<E>(UUID job, E effect) {}

    void write(Collection<JobChange> changes) {
        List<JobChange> written =
                changes.stream().filter(EffectWriter::changesRow).toList();
        database.batchUpdate(UPDATE, written, CHUNK, this::fill);
        attempts(changes);
        logsAndMetrics(changes);
        produced.add(written);
        for (JobChange change : changes) {
            change.all(Stop.class).forEach(stop -> outbox.control(change.id(), order(change.id(), stop)));
            change.last(Redispatch.class)
                    .filter(r -> !change.job().state().ended())
                    .ifPresent(r -> outbox.dispatch(
                            jobs.dispatch(change.id()), change.job().dispatch(), r.delay()));
        }
    }

    /** Refused events leave the job as it is; so do repeated ones, which have no effects, but they are signs of life. */
    private static boolean changesRow(JobChange change) {
        return change.effects().isEmpty()
                || change.effects().stream().anyMatch(e -> !(e instanceof Effect.Refused || e instanceof Stop));
    }

    private void fill(PreparedStatement statement, JobChange change) throws SQLException {
        JobProgress job = change.job();
        Optional<Effect.Progressed> progress = change.last(Effect.Progressed.class);
        Optional<JobEvent.Succeeded> success =
                change.last(Effect.Succeeded.class).map(Effect.Succeeded::result);
        Timestamp now = Timestamp.from(Instant.now());
        boolean begun = change.last(AttemptStarted.class).isPresent();
        statement.setString(1, job.state().name());
        statement.setInt(2, job.dispatch());
        statement.setInt(3, job.sends());
        statement.setObject(4, job.attempt().orElse(null), Types.OTHER);
        statement.setInt(5, job.delivery());
        statement.setLong(6, job.sequence());
        statement.setInt(7, job.transientFailures());
        statement.setBoolean(8, job.cancelRequested());
        statement.setObject(9, progress.map(Effect.Progressed::fraction).orElse(null), Types.DOUBLE);
        statement.setString(10, progress.map(Effect.Progressed::message).orElse(null));
        statement.setString(11, success.map(json::outputs).orElse(null));
        statement.setString(
                12,
                success.map(JobEvent.Succeeded::getSummaryJson)
                        .filter(s -> !s.isEmpty())
                        .orElse(null));
        statement.setString(13, problem(change));
        statement.setTimestamp(
                14, begun ? change.firstEvent().map(Timestamp::from).orElse(now) : null);
        statement.setTimestamp(15, job.state().ended() ? now : null);
        statement.setObject(16, change.id());
    }

    private @Nullable String problem(JobChange change) {
        return change.last(Effect.Failed.class)
                .map(failed -> json.problem(failed.problem()))
                .or(() -> change.last(Effect.Cancelled.class).map(c -> json.problem("cancelled", c.reason())))
                .orElse(null);
    }

    private void attempts(Collection<JobChange> changes) {
        database.batchUpdate(
                "insert into attempt (id, job_id, worker, dispatch, delivery_count, state, started_at)"
                        + " values (?, ?, ?, ?, ?, 'RUNNING', now()) on conflict (id) do nothing",
                owned(changes, AttemptStarted.class),
                CHUNK,
                (statement, s) -> {
                    statement.setObject(1, s.effect().attempt());
                    statement.setObject(2, s.job());
                    statement.setString(3, s.effect().worker());
                    statement.setInt(4, s.effect().dispatch());
                    statement.setInt(5, s.effect().delivery());
                });
        database.batchUpdate(
                "update attempt set state = ?, ended_at = now() where id = ? and ended_at is null",
                owned(changes, AttemptEnded.class),
                CHUNK,
                (statement, e) -> {
                    statement.setString(1, e.effect().outcome());
                    statement.setObject(2, e.effect().attempt());
                });
    }

    private void logsAndMetrics(Collection<JobChange> changes) {
        database.batchUpdate(
                "insert into job_log (job_id, attempt, at, level, message) values (?, ?, now(), ?, ?)",
                owned(changes, Logged.class),
                CHUNK,
                (statement, l) -> {
                    statement.setObject(1, l.job());
                    statement.setObject(2, l.effect().attempt());
                    statement.setString(3, l.effect().log().getLevel().name());
                    statement.setString(4, l.effect().log().getMessage());
                });
        database.batchUpdate(
                "insert into job_metric (job_id, name, step, value, at) values (?, ?, ?, ?, now())",
                owned(changes, Measured.class),
                CHUNK,
                (statement, m) -> {
                    statement.setObject(1, m.job());
                    statement.setString(2, m.effect().metric().getName());
                    statement.setLong(3, m.effect().metric().getStep());
                    statement.setDouble(4, m.effect().metric().getValue());
                });
    }

    private static Control order(UUID job, Stop stop) {
        return Control.newBuilder()
                .setJobId(job.toString())
                .setStopAttempt(Control.StopAttempt.newBuilder()
                        .setAttemptId(stop.attempt().toString())
                        .setReason(stop.reason()))
                .build();
    }

    private static <E extends Effect> List<Owned<E>> owned(Collection<JobChange> changes, Class<E> kind) {
        List<Owned<E>> all = new ArrayList<>();
        for (JobChange change : changes) {
            change.all(kind).forEach(effect -> all.add(new Owned<>(change.id(), effect)));
        }
        return all;
    }
}
