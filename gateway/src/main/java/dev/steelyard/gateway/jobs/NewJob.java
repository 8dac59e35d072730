package dev.steelyard.gateway.jobs;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A checked submission, ready to be written.
 *
 * @param dispatch what a worker will be told
 * @param inputsJson name to {"ref", "artifact"}
 * @param cached the job whose result is the answer
 * @param owner API key that submits
 * @param idempotencyKey unique for the owner
 * @param requestHash of what was asked for, to tell a repeat from another request under the same key
 */
record NewJob(
        Dispatch dispatch,
        String inputsJson,
        boolean cache,
        String labelsJson,
        byte[] cacheKey,
        Optional<JobView> cached,
        String owner,
        @Nullable String idempotencyKey,
        byte[] requestHash,
        Instant createdAt) {}
