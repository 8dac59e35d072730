package dev.steelyard.gateway.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job as REST shows it. What is JSON in the database goes out as it is.
 *
 * @param inputs name to {"ref", "artifact"}
 * @param attempts only where one job is asked for
 * @param outputs name to {"artifact", "kind", "size", "files"}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Job")
public record JobView(
        UUID id,
        String method,
        String methodVersion,
        JobState state,

        @JsonRawValue @Schema(implementation = Map.class) String params,

        @JsonRawValue @Schema(implementation = Map.class) String inputs,

        long seed,
        boolean cache,

        @JsonRawValue @Schema(implementation = Map.class) String labels,

        @Nullable String timeout,
        @Nullable UUID cachedFrom,
        int dispatch,
        @Nullable List<AttemptView> attempts,
        @Nullable ProgressView progress,

        @Nullable @JsonRawValue @Schema(implementation = Map.class)
        String outputs,

        @Nullable @JsonRawValue @Schema(implementation = Map.class)
        String summary,

        @Nullable @JsonRawValue @Schema(implementation = Map.class)
        String problem,

        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {

    /** How far the running attempt is; {@code fraction} is below 0 when unknown. */
    @Schema(name = "Progress")
    record ProgressView(double fraction, String message) {}

    /** One worker's try at the job. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Attempt")
    record AttemptView(
            UUID id,
            String worker,
            String state,
            int dispatch,
            int deliveryCount,
            Instant startedAt,
            @Nullable Instant endedAt) {}

    JobView with(List<AttemptView> all) {
        return new JobView(
                id,
                method,
                methodVersion,
                state,
                params,
                inputs,
                seed,
                cache,
                labels,
                timeout,
                cachedFrom,
                dispatch,
                all,
                progress,
                outputs,
                summary,
                problem,
                createdAt,
                startedAt,
                finishedAt);
    }
}
