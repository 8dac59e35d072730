package dev.steelyard.artifacts;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an artifact consists of. Its canonical JSON is what the id is the hash of: keys sorted, no white space, UTF-8,
 * files sorted by path. It holds nothing that differs between runs.
 *
 * @param kind what it is
 * @param files sorted by path, no path twice, at least one
 */
public record Manifest(ArtifactKind kind, List<FileEntry> files) {
    private static final int VERSION = 1;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    public Manifest {
        files = files.stream().sorted(Comparator.comparing(FileEntry::path)).toList();
        if (files.isEmpty()) {
            throw new IllegalArgumentException("an artifact needs at least one file");
        }
        Set<String> seen = new HashSet<>();
        for (FileEntry file : files) {
            if (!seen.add(file.path())) {
                throw new IllegalArgumentException(file.path() + ": listed twice");
            }
        }
    }

    /** Bytes of all files. */
    public long size() {
        return files.stream().mapToLong(FileEntry::size).sum();
    }

    /** The file of that path. */
    public Optional<FileEntry> file(String path) {
        return files.stream().filter(f -> f.path().equals(path)).findFirst();
    }

    /** The sha256 of {@link #canonicalJson()}. */
    public ArtifactId id() {
        return new ArtifactId(Sha256.of(canonicalJson()));
    }

    /** The bytes that are kept and hashed. */
    public byte[] canonicalJson() {
        ObjectNode root = JSON.createObjectNode();
        ArrayNode list = root.putArray("files");
        for (FileEntry file : files) {
            list.addObject()
                    .put("path", file.path())
                    .put("sha256", file.sha256())
                    .put("size", file.size());
        }
        root.put("kind", kind.wire()).put("version", VERSION);
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads what {@link #canonicalJson()} gave.
     *
     * @throws ArtifactException when it is anything else
     */
    public static Manifest parse(byte[] canonicalJson) throws ArtifactException {
        try {
            JsonNode root = JSON.readTree(canonicalJson);
            List<FileEntry> files = new ArrayList<>();
            for (JsonNode file : root.required("files")) {
                files.add(new FileEntry(
                        file.required("path").asString(),
                        file.required("size").asLong(),
                        file.required("sha256").asString()));
            }
            return new Manifest(ArtifactKind.parse(root.required("kind").asString()), files);
        } catch (JacksonException | IllegalArgumentException e) {
            throw new ArtifactException("not an artifact manifest: " + e.getMessage());
        }
    }
}
