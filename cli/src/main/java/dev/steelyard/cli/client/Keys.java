package dev.steelyard.cli.client;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.type.TypeReference;

/** API keys; only admins see and make them. */
public final class Keys {
    private static final String ALL = "/v1/keys";

    private final Http http;

    Keys(Http http) {
        this.http = http;
    }

    /**
     * @param role "reader", "submitter" or "admin"
     * @param key the secret, given once when it is made; empty afterwards
     * @param revokedAt since when it opens nothing; empty while it does
     */
    public record Key(
            String id,
            String name,
            String role,
            String key,
            Optional<Instant> createdAt,
            Optional<Instant> revokedAt) {}

    public List<Key> list() {
        return http.get(ALL, new TypeReference<Page<Key>>() {}).items();
    }

    public Key create(String name, String role) {
        return http.post(ALL, Map.of("name", name, "role", role), Key.class);
    }

    public void revoke(String id) {
        http.delete(ALL + "/" + Query.segment(id));
    }
}
