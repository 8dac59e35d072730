package dev.steelyard.cli.client;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** What the platform's services can do. */
public final class Methods {
    private static final String ALL = "/v1/methods";

    private final Http http;

    Methods(Http http) {
        this.http = http;
    }

    /** All methods announced by services. */
    public List<MethodInfo> list() {
        JsonNode answer = http.get(ALL, JsonNode.class);
        JsonNode items = answer.isArray() ? answer : answer.path("items");
        return items.valueStream()
                .map(item -> Http.JSON.convertValue(item, MethodInfo.class))
                .toList();
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
