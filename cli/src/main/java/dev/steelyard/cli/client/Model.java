package dev.steelyard.cli.client;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A registered model.
 *
 * @param versions oldest first
 * @param aliases alias to version
 */
public record Model(String name, String description, List<Version> versions, Map<String, Integer> aliases) {

    /** One registered artifact. */
    public record Version(int version, String artifact, String description, Optional<Instant> createdAt) {}
}
