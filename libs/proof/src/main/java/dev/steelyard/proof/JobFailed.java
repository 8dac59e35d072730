package dev.steelyard.proof;

import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.client.Problem;

/** A job of a proof did not succeed. */
public final class JobFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Job job;

    JobFailed(Job job) {
        super(job.method() + " " + job.state()
                + job.problem().map(Problem::oneLine).map(line -> ": " + line).orElse("") + " (job " + job.id() + ")");
        this.job = job;
    }

    /** As it ended. */
    public Job job() {
        return job;
    }
}
