package dev.steelyard.gateway.jobs;

import com.google.protobuf.Timestamp;
import dev.steelyard.gateway.jobs.Transitions.Transition;
import dev.steelyard.gateway.problems.ProblemException;
import dev.steelyard.proto.v1.Control;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** What people and time do to jobs: cancel, retry, and the search for jobs whose worker fell silent. */
@Service
class JobActions {
    private static final Logger LOG = LoggerFactory.getLogger(JobActions.class);

    private final ProgressTable jobs;
    private final EffectWriter effects;
    private final Outbox outbox;
    private final OutboxRelay relay;
    private final JobSignals signals;
    private final JobSettings settings;
    private final JdbcTemplate database;
    private final TransactionTemplate transaction;

    JobActions(
            ProgressTable jobs,
            EffectWriter effects,
            Outbox outbox,
            OutboxRelay relay,
            JobSignals signals,
            JobSettings settings,
            JdbcTemplate database,
            TransactionTemplate transaction) {
        this.jobs = jobs;
        this.effects = effects;
        this.outbox = outbox;
        this.relay = relay;
        this.signals = signals;
        this.settings = settings;
        this.database = database;
        this.transaction = transaction;
    }

    /** Ends a waiting job at once and tells the worker of a running one to stop; nothing happens to one that ended. */
    void cancel(UUID id, String reason) {
        transaction.executeWithoutResult(status -> {
            JobProgress job = lock(id);
            if (job.state().ended()) {
                return;
            }
            outbox.control(
                    id,
                    Control.newBuilder()
                            .setJobId(id.toString())
                            .setIssuedAt(Timestamp.newBuilder()
                                    .setSeconds(Instant.now().getEpochSecond()))
                            .setCancel(Control.Cancel.newBuilder()
                                    .setReason(reason)
                                    .setDispatch(job.dispatch()))
                            .build());
            Transition transition = job.state() == JobState.QUEUED
                    ? new Transition(job.cancelling().in(JobState.CANCELLED), List.of(new Effect.Cancelled(reason)))
                    : new Transition(job.cancelling(), List.of());
            write(id, transition);
        });
        relay.wake();
        signals.changed(List.of(id));
    }

    /**
     * Sends an ended job out again under its old id.
     *
     * @throws ProblemException when it has not ended, or has succeeded
     */
    void retry(UUID id) {
        transaction.executeWithoutResult(status -> {
            JobProgress job = lock(id);
            if (job.state() != JobState.FAILED && job.state() != JobState.CANCELLED) {
                throw ProblemException.conflict(
                        "not-retryable",
                        "job " + id + " is " + job.state() + "; only FAILED or CANCELLED can be retried");
            }
            database.update(
                    "update job set state = 'QUEUED', dispatch = dispatch + 1, current_attempt = null,"
                            + " current_delivery = 0, current_sequence = 0, transient_failures = 0,"
                            + " cancel_requested = false, problem = null, progress = null, progress_message = null,"
                            + " started_at = null, finished_at = null where id = ?",
                    id);
            outbox.dispatch(jobs.dispatch(id), job.dispatch() + 1, Duration.ZERO);
        });
        relay.wake();
        signals.changed(List.of(id));
    }

    @Scheduled(fixedDelayString = "${steelyard.gateway.jobs.check:PT5S}")
    void sendOutLostJobs() {
        Transitions rules = settings.transitions();
        List<UUID> found = transaction.execute(status -> {
            List<JobProgress> silent = jobs.lockSilent(settings.silence());
            for (JobProgress job : silent) {
                LOG.warn("nothing heard of running job {} for {}", job.id(), settings.silence());
                write(job.id(), rules.lost(job, "nothing was heard of its workers, " + job.dispatch() + " times"));
            }
            return silent.stream().map(JobProgress::id).toList();
        });
        if (found != null && !found.isEmpty()) {
            relay.wake();
            signals.changed(found);
        }
    }

    private void write(UUID id, Transition transition) {
        JobChange change = new JobChange(id);
        change.add(transition);
        effects.write(List.of(change));
    }

    private JobProgress lock(UUID id) {
        Map<UUID, JobProgress> found = jobs.lock(List.of(id));
        JobProgress job = found.get(id);
        if (job == null) {
            throw ProblemException.notFound("no job " + id);
        }
        return job;
    }
}
