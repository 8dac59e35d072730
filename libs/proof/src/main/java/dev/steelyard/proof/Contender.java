package dev.steelyard.proof;

import java.util.List;

/**
 * A way to train, in a contest of several.
 *
 * @param params what sets it apart, as the inside of a JSON object: {@code "tuning": "lora"}
 * @param rates learning rates from which the search for the best one begins, ascending, at least two
 */
public record Contender(String name, String params, List<Double> rates) {

    public Contender {
        rates = List.copyOf(rates);
    }
}
