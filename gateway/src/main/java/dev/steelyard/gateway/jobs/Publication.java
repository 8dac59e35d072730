package dev.steelyard.gateway.jobs;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Makes a job's output the next version of a model in the moment the job succeeds.
 *
 * @param output name of the output
 * @param model name of the model, which need not exist
 * @param expectedVersion newest version the job started from, 0 for none; when another came in between the job fails
 *     and the model stays as it is; absent: whatever it is
 */
@Schema(name = "Publication")
public record Publication(
        @Nullable String output,
        @Nullable String model,
        @Nullable Integer expectedVersion) {}
