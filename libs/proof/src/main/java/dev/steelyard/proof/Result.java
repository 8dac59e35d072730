package dev.steelyard.proof;

import dev.steelyard.cli.client.Job;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A job that succeeded, and what it gave. */
public record Result(Job job) {

    /** Id of an output's artifact, to be another job's input. */
    public String artifact(String output) {
        return Optional.ofNullable(job.outputs().get(output))
                .orElseThrow(() -> new NoSuchElementException("job " + job.id() + " has no output " + output + ": "
                        + job.outputs().keySet()))
                .artifact();
    }

    /** A figure of the job's summary as it is. */
    public JsonNode summary(String name) {
        return Optional.ofNullable(job.summary().get(name))
                .orElseThrow(() -> new NoSuchElementException("job " + job.id() + " has no figure " + name + ": "
                        + job.summary().keySet()));
    }

    /** A figure of the job's summary; not a number when it is none. */
    public double figure(String name) {
        return summary(name).asDouble(Double.NaN);
    }

    /** From the start of the job's last attempt to its end. */
    public Duration ran() {
        return Duration.between(job.startedAt().orElseThrow(), job.finishedAt().orElseThrow());
    }
}
