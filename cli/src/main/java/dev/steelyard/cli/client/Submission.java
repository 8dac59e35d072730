package dev.steelyard.cli.client;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A job to be made.
 *
 * @param method "service/method"
 * @param params what differs from the defaults: String, Number, Boolean, List, Map or JSON nodes
 * @param inputs input name to reference: "sha256:…", "model", "model@alias" or "model:version"
 * @param seed 0 when absent
 * @param cache whether an earlier result may be the answer; yes when absent
 * @param timeout of one attempt, ISO-8601 such as "PT10M"
 * @param publish what becomes a version of a model
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Submission(
        String method,
        Map<String, Object> params,
        Map<String, String> inputs,
        Optional<Long> seed,
        Optional<Boolean> cache,
        Optional<String> timeout,
        Map<String, String> labels,
        Optional<Publication> publish) {

    /** A job of the defaults. */
    public static Submission of(String method) {
        return new Submission(
                method,
                Map.of(),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Optional.empty());
    }

    /** The same with one more parameter. */
    public Submission param(String name, Object value) {
        return new Submission(method, plus(params, name, value), inputs, seed, cache, timeout, labels, publish);
    }

    /** The same with one more input. */
    public Submission input(String name, String reference) {
        return new Submission(method, params, plus(inputs, name, reference), seed, cache, timeout, labels, publish);
    }

    /** The same with another seed. */
    public Submission seed(long value) {
        return new Submission(method, params, inputs, Optional.of(value), cache, timeout, labels, publish);
    }

    /** The same, to be computed even when the result is known. */
    public Submission uncached() {
        return new Submission(method, params, inputs, seed, Optional.of(false), timeout, labels, publish);
    }

    /** The same with a limit for one attempt. */
    public Submission timeout(Duration limit) {
        return new Submission(method, params, inputs, seed, cache, Optional.of(limit.toString()), labels, publish);
    }

    /** The same with one more label. */
    public Submission label(String name, String value) {
        return new Submission(method, params, inputs, seed, cache, timeout, plus(labels, name, value), publish);
    }

    /** The same, with an output that becomes a version of a model. */
    public Submission publish(Publication publication) {
        return new Submission(method, params, inputs, seed, cache, timeout, labels, Optional.of(publication));
    }

    private static <V> Map<String, V> plus(Map<String, V> map, String key, V value) {
        Map<String, V> more = new HashMap<>(map);
        more.put(key, value);
        return Map.copyOf(more);
    }
}
