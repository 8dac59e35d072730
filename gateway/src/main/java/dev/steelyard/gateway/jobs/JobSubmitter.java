package dev.steelyard.gateway.jobs;

import dev.steelyard.gateway.problems.ProblemException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Turns submissions into jobs; REST and the submissions topic both come here. */
@Service
public class JobSubmitter {
    private final SubmissionCheck checks;
    private final JobTable table;
    private final JobInserts inserts;
    private final OutboxRelay relay;

    JobSubmitter(SubmissionCheck checks, JobTable table, JobInserts inserts, OutboxRelay relay) {
        this.checks = checks;
        this.table = table;
        this.inserts = inserts;
        this.relay = relay;
    }

    /**
     * What became of a submission.
     *
     * @param fresh false when the idempotency key had made this job before
     */
    public record Submitted(JobView job, boolean fresh) {}

    /** What became of one of many: a job, or the reason why there is none. */
    sealed interface Outcome {
        record Made(JobView job) implements Outcome {}

        record Refused(ProblemException problem) implements Outcome {}
    }

    /**
     * Submits one job.
     *
     * @param owner id of the API key
     * @param idempotencyKey the same key of the same owner gives the same job
     * @throws ProblemException naming the field at fault; a conflict when the key stands for another request
     */
    public Submitted submit(
            JobSubmission submission, String owner, @Nullable String idempotencyKey, @Nullable String traceParent) {
        NewJob job = checks.check(submission, owner, idempotencyKey, traceParent);
        Optional<UUID> earlier = earlier(job, results(List.of(job)));
        if (earlier.isPresent()) {
            return answered(job, earlier.get());
        }
        boolean fresh = inserts.queued(job);
        relay.wake();
        return fresh ? new Submitted(job.queued(), true) : repeated(job);
    }

    /** Submits many, each by itself right or wrong, in few statements. */
    List<Outcome> submitAll(List<JobSubmission> submissions, String owner, @Nullable String traceParent) {
        List<NewJob> checked = new ArrayList<>();
        List<Optional<ProblemException>> problems = new ArrayList<>();
        for (JobSubmission submission : submissions) {
            try {
                checked.add(checks.check(submission, owner, submission.idempotencyKey(), traceParent));
                problems.add(Optional.empty());
            } catch (ProblemException e) {
                problems.add(Optional.of(e));
            }
        }
        Map<String, UUID> results = results(checked);
        Set<UUID> fresh = inserts.queuedAll(
                checked.stream().filter(j -> earlier(j, results).isEmpty()).toList());
        relay.wake();
        List<Outcome> outcomes = new ArrayList<>(submissions.size());
        int next = 0;
        for (Optional<ProblemException> problem : problems) {
            outcomes.add(
                    problem.isPresent()
                            ? new Outcome.Refused(problem.get())
                            : outcome(checked.get(next++), results, fresh));
        }
        return outcomes;
    }

    private Outcome outcome(NewJob job, Map<String, UUID> results, Set<UUID> fresh) {
        try {
            if (fresh.contains(job.id())) {
                return new Outcome.Made(job.queued());
            }
            Optional<UUID> earlier = earlier(job, results);
            return new Outcome.Made((earlier.isPresent() ? answered(job, earlier.get()) : repeated(job)).job());
        } catch (ProblemException e) {
            return new Outcome.Refused(e);
        }
    }

    private Map<String, UUID> results(List<NewJob> jobs) {
        List<NewJob> askers = jobs.stream().filter(NewJob::mayUseCache).toList();
        return askers.isEmpty()
                ? Map.of()
                : table.results(askers.stream().map(NewJob::cacheKey).toList());
    }

    /** Equal work may stand in one batch twice, once to be answered and once to be run all the same. */
    private static Optional<UUID> earlier(NewJob job, Map<String, UUID> results) {
        return job.mayUseCache() ? Optional.ofNullable(results.get(job.work())) : Optional.empty();
    }

    private Submitted answered(NewJob job, UUID earlier) {
        return inserts.answered(job, earlier)
                ? new Submitted(table.find(job.id()).orElseThrow(), true)
                : repeated(job);
    }

    private Submitted repeated(NewJob job) {
        JobView before = table.findByKey(job.owner(), String.valueOf(job.idempotencyKey()))
                .orElseThrow(() -> ProblemException.conflict("conflict", "the job was removed meanwhile; try again"));
        if (!Arrays.equals(table.requestHash(before.id()), job.requestHash())) {
            throw ProblemException.conflict(
                    "idempotency-conflict",
                    "Idempotency-Key '" + job.idempotencyKey() + "' was used for another request, job " + before.id());
        }
        return new Submitted(before, false);
    }
}
