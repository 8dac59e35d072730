package dev.steelyard.cli.client;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An immutable tree of files.
 *
 * @param id "sha256:…"
 * @param kind "model", "dataset" or "report"
 * @param size bytes of all files
 * @param producedBy id of the job that made it; empty when imported
 * @param source where it was imported from; empty when made by a job
 */
public record Artifact(
        String id,
        String kind,
        long size,
        List<File> files,
        Optional<Instant> createdAt,
        String producedBy,
        String source) {

    /** @param path relative to the artifact's root */
    public record File(String path, long size, String sha256) {}
}
