package dev.steelyard.gateway.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A checked submission, ready to be written.
 *
 * @param dispatch what a worker will be told
 * @param inputsJson name to {"ref", "artifact"}
 * @param mayUseCache whether an earlier result may be the answer
 * @param cacheKey equal for equal work
 * @param owner API key that submits
 * @param idempotencyKey unique for the owner
 * @param publish what becomes of its result; null: nothing
 * @param requestHash of what was asked for, to tell a repeat from another request under the same key
 */
record NewJob(
        Dispatch dispatch,
        String inputsJson,
        boolean mayUseCache,
        String labelsJson,
        byte[] cacheKey,
        String owner,
        @Nullable String idempotencyKey,
        @Nullable Publication publish,
        byte[] requestHash,
        Instant createdAt) {

    UUID id() {
        return dispatch.id();
    }

    /** The cache key in a form that can be compared. */
    String work() {
        return HexFormat.of().formatHex(cacheKey);
    }

    /** As it stands when it has just been written, to be run. */
    JobView queued() {
        return new JobView(
                dispatch.id(),
                dispatch.method(),
                dispatch.methodVersion(),
                JobState.QUEUED,
                dispatch.paramsJson(),
                inputsJson,
                dispatch.seed(),
                mayUseCache,
                labelsJson,
                dispatch.timeoutMillis() == null
                        ? null
                        : Duration.ofMillis(dispatch.timeoutMillis()).toString(),
                null,
                1,
                false,
                null,
                null,
                null,
                null,
                null,
                createdAt,
                null,
                null);
    }
}
