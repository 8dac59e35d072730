package dev.steelyard.cli.client;

import java.util.List;
import tools.jackson.core.type.TypeReference;

/** What the platform's services can do. */
public final class Methods {
    private static final String ALL = "/v1/methods";

    private final Http http;

    Methods(Http http) {
        this.http = http;
    }

    /** All methods announced by services. */
    public List<MethodInfo> list() {
        return http.get(ALL, new TypeReference<Page<MethodInfo>>() {}).items();
    }

    /** @param id "service/name" */
    public MethodInfo get(String id) {
        int slash = id.indexOf('/');
        if (slash <= 0 || slash == id.length() - 1) {
            throw new IllegalArgumentException("method '" + id + "': expected <service>/<method>");
        }
        String path = "/" + Query.segment(id.substring(0, slash)) + "/" + Query.segment(id.substring(slash + 1));
        return http.get(ALL + path, MethodInfo.class);
    }
}
