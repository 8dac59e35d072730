package dev.steelyard.artifacts.safetensors;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The file {@code model.safetensors.index.json} beside the shards of a checkpoint.
 *
 * @param files name of the file that holds each tensor
 */
public record CheckpointIndex(SortedMap<String, String> files) {
    public static final String FILE = "model.safetensors.index.json";

    /** As transformers lays it out. */
    private static final PrettyPrinter LAYOUT = new DefaultPrettyPrinter(
                    Separators.createDefaultInstance().withObjectNameValueSpacing(Separators.Spacing.AFTER))
            .withObjectIndenter(new DefaultIndenter("  ", "\n"));

    private static final long MAX_BYTES = 100_000_000;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    /**
     * Reads the index in a folder.
     *
     * @throws ArtifactException when it is not one or names a file outside the folder
     */
    static CheckpointIndex read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        long size = Files.size(file);
        if (size > MAX_BYTES) {
            throw new ArtifactException(FILE, null, "is " + size + " bytes long; at most " + MAX_BYTES + " are read");
        }
        JsonNode map;
        try {
            map = JSON.readTree(Files.readAllBytes(file)).path("weight_map");
        } catch (JacksonException e) {
            throw new ArtifactException(FILE, null, "is not valid: " + e.getOriginalMessage());
        }
        if (!map.isObject() || map.isEmpty()) {
            throw new ArtifactException(FILE, null, "has no weight_map");
        }
        SortedMap<String, String> files = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            if (!entry.getValue().isString()) {
                throw new ArtifactException(FILE, entry.getKey(), "weight_map names no file");
            }
            String shard = entry.getValue().asString();
            if (TreePath.parse(shard).value().contains("/")) {
                throw new ArtifactException(FILE, entry.getKey(), "is in '" + shard + "', not beside the index");
            }
            files.put(entry.getKey(), shard);
        }
        return new CheckpointIndex(files);
    }

    /**
     * Writes the index into a folder.
     *
     * @param totalSize bytes of all tensors
     */
    public void write(Path folder, long totalSize) throws IOException {
        ObjectNode index = JSON.createObjectNode();
        index.putObject("metadata").put("total_size", totalSize);
        ObjectNode map = index.putObject("weight_map");
        files.forEach(map::put);
        Files.writeString(folder.resolve(FILE), JSON.writer().with(LAYOUT).writeValueAsString(index) + "\n");
    }
}
