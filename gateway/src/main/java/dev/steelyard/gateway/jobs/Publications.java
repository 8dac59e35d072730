package dev.steelyard.gateway.jobs;

import dev.steelyard.gateway.audit.Audit;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.Problem;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Turns results into versions of models. Call inside a transaction. */
@Component
class Publications {
    private final JdbcClient database;
    private final Audit audit;

    Publications(JdbcClient database, Audit audit) {
        this.database = database;
        this.audit = audit;
    }

    private record Wanted(
            String output, String model, @Nullable Integer expected) {}

    /** Keeps what jobs want to publish. */
    void add(List<NewJob> jobs) {
        for (NewJob job : jobs) {
            Publication publish = job.publish();
            if (publish != null) {
                database.sql("insert into publication (job_id, output, model, expected_version) values (?, ?, ?, ?)")
                        .param(1, job.id())
                        .param(2, publish.output())
                        .param(3, publish.model())
                        .param(4, publish.expectedVersion())
                        .update();
            }
        }
    }

    /**
     * Publishes a result, if its job asked for that. Jobs that publish the same model wait for one another here.
     *
     * @return why it cannot be, naming the newer version; then nothing was published
     */
    Optional<Problem> publish(UUID job, JobEvent.Succeeded result) {
        return wanted(job).flatMap(wanted -> publish(job, wanted, result));
    }

    /** Why the result of a job that is run now could not be published: its model has a newer version already. */
    Optional<Problem> conflict(UUID job) {
        return wanted(job).flatMap(wanted -> {
            int newest = newest(wanted.model());
            return wanted.expected() != null && wanted.expected() < newest
                    ? conflict(wanted, newest)
                    : Optional.empty();
        });
    }

    private Optional<Wanted> wanted(UUID job) {
        return database.sql("select output, model, expected_version from publication where job_id = ?")
                .param(job)
                .query((row, n) -> new Wanted(row.getString(1), row.getString(2), row.getObject(3, Integer.class)))
                .optional();
    }

    private Optional<Problem> publish(UUID job, Wanted wanted, JobEvent.Succeeded result) {
        JobEvent.Succeeded.Output output = result.getOutputsMap().get(wanted.output());
        if (output == null) {
            return problem("no-output", "the job gave no output '" + wanted.output() + "' to publish");
        }
        int newest = lock(wanted.model());
        if (wanted.expected() != null && wanted.expected() != newest) {
            return conflict(wanted, newest);
        }
        audit.record("model.register", wanted.model(), "version " + (newest + 1) + " by job " + job);
        database.sql("insert into model_version (model, version, artifact, description) values (?, ?, ?, ?)")
                .params(wanted.model(), newest + 1, output.getArtifact(), "published by job " + job)
                .update();
        return Optional.empty();
    }

    /** The newest version, which cannot change before the transaction ends. */
    private int lock(String model) {
        database.sql("insert into model (name) values (?) on conflict (name) do nothing")
                .param(model)
                .update();
        database.sql("select name from model where name = ? for update")
                .param(model)
                .query(String.class)
                .single();
        return newest(model);
    }

    private int newest(String model) {
        return database.sql("select coalesce(max(version), 0) from model_version where model = ?")
                .param(model)
                .query(Integer.class)
                .single();
    }

    private static Optional<Problem> conflict(Wanted wanted, int newest) {
        return problem(
                "version-conflict",
                "model '" + wanted.model() + "' is at version " + newest + ", not at " + wanted.expected()
                        + " any more; start again from " + wanted.model() + ":" + newest);
    }

    private static Optional<Problem> problem(String code, String detail) {
        return Optional.of(Problem.newBuilder().setCode(code).setDetail(detail).build());
    }
}
