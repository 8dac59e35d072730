package dev.steelyard.cli.client;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;

/**
 * Makes a job's output the next version of a model in the moment the job succeeds.
 *
 * @param output name of the output
 * @param model name of the model, which need not exist
 * @param expectedVersion newest version the job starts from, 0 for none; absent: whatever it is
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Publication(String output, String model, Optional<Integer> expectedVersion) {}
