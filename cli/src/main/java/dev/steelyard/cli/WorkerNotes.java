package dev.steelyard.cli;

import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.client.MethodInfo;
import dev.steelyard.cli.client.ProblemException;
import dev.steelyard.cli.client.SteelyardClient;
import dev.steelyard.cli.client.UnreachableException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Tells people that a service has no worker: nothing fails then, but jobs wait. */
final class WorkerNotes {
    private WorkerNotes() {}

    /** What to say of a job that waits in vain. A gateway that does not answer now is no reason to fail. */
    static Optional<String> of(Job job, SteelyardClient client) {
        if (job.state() != Job.State.QUEUED) {
            return Optional.empty();
        }
        try {
            return of(List.of(client.methods().get(job.method()))).stream()
                    .map(note -> note + ": job " + job.id() + " waits for one")
                    .findFirst();
        } catch (ProblemException | UnreachableException e) {
            return Optional.empty();
        }
    }

    /** A line for each service without a worker. */
    static List<String> of(Collection<MethodInfo> methods) {
        return methods.stream()
                .filter(method -> !method.running().orElse(true))
                .map(MethodInfo::service)
                .distinct()
                .sorted()
                .map(service -> "no worker of " + service + " runs now")
                .toList();
    }
}
