package dev.steelyard.cli.client;

import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/** Names, versions and aliases of artifacts. */
public final class Models {
    private static final String ALL = "/v1/models";

    private final Http http;

    Models(Http http) {
        this.http = http;
    }

    public List<Model> list() {
        return http.get(ALL, new TypeReference<Page<Model>>() {}).items();
    }

    public Model get(String name) {
        return http.get(path(name), Model.class);
    }

    /** Makes the next version of a model, or the first of a new one; the version. */
    public Model.Version register(String name, String artifact, String description) {
        Map<String, String> body = Map.of("name", name, "artifact", artifact, "description", description);
        return http.post(ALL, body, Model.Version.class);
    }

    /** Points an alias such as "production" at a version. */
    public void alias(String name, String alias, int version) {
        http.put(path(name) + "/aliases/" + Query.segment(alias), Map.of("version", version), JsonNode.class);
    }

    public void removeAlias(String name, String alias) {
        http.delete(path(name) + "/aliases/" + Query.segment(alias));
    }

    private static String path(String name) {
        return ALL + "/" + Query.segment(name);
    }
}
