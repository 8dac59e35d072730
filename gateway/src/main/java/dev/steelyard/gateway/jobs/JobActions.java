package dev.steelyard.gateway.jobs;

import com.google.protobuf.Timestamp;
import dev.steelyard.gateway.audit.Audit;
import dev.steelyard.gateway.jobs.Transitions.Transition;
import dev.steelyard.gateway.methods.MethodRegistry;
import dev.steelyard.gateway.problems.ProblemException;
import dev.steelyard.proto.v1.Control;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** What people do to jobs: cancel and retry. */
@Service
class JobActions {
    private final ProgressTable jobs;
    private final MethodRegistry methods;
    private final Publications publications;
    private final EffectWriter effects;
    private final Outbox outbox;
    private final OutboxRelay relay;
    private final JobSignals signals;
    private final Audit audit;
    private final TransactionTemplate transaction;

    JobActions(
            ProgressTable jobs,
            MethodRegistry methods,
            Publications publications,
            EffectWriter effects,
            Outbox outbox,
            OutboxRelay relay,
            JobSignals signals,
            Audit audit,
            TransactionTemplate transaction) {
        this.jobs = jobs;
        this.methods = methods;
        this.publications = publications;
        this.effects = effects;
        this.outbox = outbox;
        this.relay = relay;
        this.signals = signals;
        this.audit = audit;
        this.transaction = transaction;
    }

    /** Ends a waiting job at once and tells the worker of a running one to stop; nothing happens to one that ended. */
    void cancel(UUID id, String reason) {
        transaction.executeWithoutResult(status -> {
            JobProgress job = lock(id);
            if (job.state().ended()) {
                return;
            }
            audit.record("job.cancel", id.toString(), reason);
            outbox.control(id, cancelOrder(job, reason));
            JobChange change = new JobChange(id);
            change.add(
                    job.state() == JobState.QUEUED
                            ? new Transition(
                                    job.cancelling().in(JobState.CANCELLED), List.of(new Effect.Cancelled(reason)))
                            : new Transition(job.cancelling(), List.of()));
            effects.write(List.of(change));
        });
        relay.wake();
        signals.changed(List.of(id));
    }

    /**
     * Sends an ended job out again under its old id.
     *
     * @throws ProblemException when it has not ended or has succeeded, when its method has another version now, or
     *     when the model it updates has a newer version than the one it starts from
     */
    void retry(UUID id) {
        transaction.executeWithoutResult(status -> {
            JobProgress job = lock(id);
            if (job.state() != JobState.FAILED && job.state() != JobState.CANCELLED) {
                throw ProblemException.conflict(
                        "not-retryable",
                        "job " + id + " is " + job.state() + "; only FAILED or CANCELLED can be retried");
            }
            Dispatch dispatch = jobs.dispatch(id);
            String version = methods.require(dispatch.method()).announcement().getVersion();
            if (!version.equals(dispatch.methodVersion())) {
                throw ProblemException.conflict(
                        "other-version",
                        "job " + id + " is for version " + dispatch.methodVersion() + " of " + dispatch.method()
                                + ", which now has version " + version + "; submit it as a new job");
            }
            publications.conflict(id).ifPresent(problem -> {
                throw ProblemException.conflict(problem.getCode(), problem.getDetail());
            });
            audit.record("job.retry", id.toString(), "dispatch " + (job.dispatch() + 1));
            jobs.restart(id);
            outbox.dispatch(dispatch, job.dispatch() + 1, Duration.ZERO);
        });
        relay.wake();
        signals.changed(List.of(id));
    }

    private static Control cancelOrder(JobProgress job, String reason) {
        return Control.newBuilder()
                .setJobId(job.id().toString())
                .setIssuedAt(Timestamp.newBuilder().setSeconds(Instant.now().getEpochSecond()))
                .setCancel(Control.Cancel.newBuilder().setReason(reason).setDispatch(job.dispatch()))
                .build();
    }

    private JobProgress lock(UUID id) {
        JobProgress job = jobs.lock(List.of(id)).get(id);
        if (job == null) {
            throw ProblemException.notFound("no job " + id);
        }
        return job;
    }
}
