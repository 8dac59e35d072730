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
 * @param params complete, defaults filled in
 * @param inputs name to what was asked for and the artifact it stands for
 * @param timeout longest run of one attempt, where the job asked for one
 * @param cachedFrom the job whose result this one was answered with
 * @param dispatch how often it was sent out to workers
 * @param cancelRequested whether it was cancelled: it ends as soon as its worker has stopped
 * @param attempts only where one job is asked for
 * @param outputs name to artifact
 * @param summary figures of the result, by the method
 * @param problem why it failed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Job")
public record JobView(
        UUID id,
        String method,
        String methodVersion,
        JobState state,

        @JsonRawValue @Schema(implementation = Map.class) String params,

        @JsonRawValue @Schema(type = "object", additionalPropertiesSchema = InputView.class)
        String inputs,

        long seed,
        boolean cache,

        @JsonRawValue @Schema(type = "object", additionalPropertiesSchema = String.class)
        String labels,

        @Nullable @Schema(type = "string", format = "duration", example = "PT30M")
        String timeout,

        @Nullable UUID cachedFrom,
        int dispatch,
        boolean cancelRequested,
        @Nullable List<AttemptView> attempts,
        @Nullable ProgressView progress,

        @Nullable @JsonRawValue @Schema(type = "object", additionalPropertiesSchema = OutputView.class)
        String outputs,

        @Nullable @JsonRawValue @Schema(implementation = Map.class)
        String summary,

        @Nullable @JsonRawValue @Schema(implementation = FailureView.class)
        String problem,

        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {

    /** An input as it was asked for, and what it stood for when the job was submitted. */
    @Schema(name = "JobInput")
    record InputView(String ref, String artifact) {}

    /** An output that was put into the store. */
    @Schema(name = "JobOutput")
    record OutputView(String artifact, String kind, long size, int files) {}

    /** Why a job failed, and where to look. */
    @Schema(name = "JobProblem")
    record FailureView(
            String code,
            String detail,
            @Nullable String field,
            @Nullable String file,
            @Nullable String tensor) {}

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
                cancelRequested,
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
