package dev.steelyard.gateway.jobs;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A job asked for, by REST or on the submissions topic.
 *
 * @param method "service/method"
 * @param params what is left out takes its default
 * @param inputs input name to "sha256:…", "model", "model@alias" or "model:version"
 * @param seed of every random choice; 0 when absent
 * @param cache whether an earlier result may be the answer; true when absent
 * @param timeout longest run of one attempt
 * @param labels to find the job by
 * @param idempotencyKey in a batch; a single submission has it in a header
 * @param publish makes an output the next version of a model; such a job is always run
 */
public record JobSubmission(
        @Nullable String method,

        @Nullable @Schema(implementation = Object.class, type = "object")
        ObjectNode params,

        @Nullable Map<String, String> inputs,
        @Nullable Long seed,
        @Nullable Boolean cache,

        @Nullable @Schema(type = "string", format = "duration", example = "PT30M")
        Duration timeout,

        @Nullable Map<String, String> labels,
        @Nullable String idempotencyKey,
        @Nullable Publication publish) {

    ObjectNode paramsOrNone() {
        return params == null ? JsonNodeFactory.instance.objectNode() : params;
    }

    Map<String, String> inputsOrNone() {
        return inputs == null ? Map.of() : inputs;
    }

    Map<String, String> labelsOrNone() {
        return labels == null ? Map.of() : labels;
    }

    long seedOrZero() {
        return seed == null ? 0 : seed;
    }

    boolean mayUseCache() {
        return publish == null && (cache == null || cache);
    }

    Optional<Duration> limit() {
        return Optional.ofNullable(timeout);
    }
}
