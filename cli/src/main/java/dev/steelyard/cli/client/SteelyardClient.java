package dev.steelyard.cli.client;

import java.net.URI;

/**
 * A gateway and a key to it. Safe for use by many threads.
 *
 * <p>Calls throw {@link ProblemException} when the gateway refuses and {@link UnreachableException} when it cannot be
 * asked.
 */
public final class SteelyardClient implements AutoCloseable {
    private final Http http;
    private final Jobs jobs;
    private final Methods methods;
    private final Artifacts artifacts;
    private final Models models;
    private final LineageGraphs lineage;
    private final Keys keys;

    /**
     * @param gateway such as {@code http://127.0.0.1:7070}
     * @param apiKey sent as a bearer token
     */
    public SteelyardClient(URI gateway, String apiKey) {
        http = new Http(gateway, apiKey);
        jobs = new Jobs(http);
        methods = new Methods(http);
        artifacts = new Artifacts(http);
        models = new Models(http);
        lineage = new LineageGraphs(http);
        keys = new Keys(http);
    }

    /** What was given. */
    public URI gateway() {
        return http.gateway();
    }

    public Jobs jobs() {
        return jobs;
    }

    public Methods methods() {
        return methods;
    }

    public Artifacts artifacts() {
        return artifacts;
    }

    public Models models() {
        return models;
    }

    public LineageGraphs lineage() {
        return lineage;
    }

    public Keys keys() {
        return keys;
    }

    @Override
    public void close() {
        http.close();
    }
}
