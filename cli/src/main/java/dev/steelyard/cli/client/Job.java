package dev.steelyard.cli.client;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One run of one method.
 *
 * @param params complete, with defaults
 * @param cachedFrom the job whose result this is; empty when it ran itself
 * @param dispatch how often it was sent out
 * @param summary figures of the result
 */
public record Job(
        String id,
        String method,
        String methodVersion,
        State state,
        Map<String, JsonNode> params,
        Map<String, Input> inputs,
        long seed,
        boolean cache,
        Map<String, String> labels,
        String cachedFrom,
        int dispatch,
        List<Attempt> attempts,
        Optional<Progress> progress,
        Map<String, Output> outputs,
        Map<String, JsonNode> summary,
        Optional<Problem> problem,
        Optional<Instant> createdAt,
        Optional<Instant> startedAt,
        Optional<Instant> finishedAt) {

    /** Where a job is. */
    public enum State {
        QUEUED,
        RUNNING,
        SUCCEEDED,
        FAILED,
        CANCELLED;

        /** Whether nothing follows, unless someone retries. */
        public boolean ended() {
            return this == SUCCEEDED || this == FAILED || this == CANCELLED;
        }
    }

    /**
     * @param ref as submitted
     * @param artifact id it stood for
     */
    public record Input(String ref, String artifact) {}

    /**
     * @param size bytes of all files
     * @param files how many
     */
    public record Output(String artifact, String kind, long size, int files) {}

    /** @param fraction 0 to 1; below 0 when unknown */
    public record Progress(double fraction, String message) {}

    /** One worker's try. */
    public record Attempt(
            String id,
            String worker,
            String state,
            int dispatch,
            int deliveryCount,
            Optional<Instant> startedAt,
            Optional<Instant> endedAt) {}
}
