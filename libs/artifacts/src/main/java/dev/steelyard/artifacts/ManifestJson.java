package dev.steelyard.artifacts;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads manifests. */
final class ManifestJson {
    private ManifestJson() {}

    static Manifest read(byte[] json) throws ArtifactException {
        try {
            JsonNode root = JsonMapper.shared().readTree(json);
            if (root.path("version").intValue(0) != Manifest.VERSION) {
                throw new ArtifactException("manifest: expected version " + Manifest.VERSION);
            }
            List<FileEntry> files = new ArrayList<>();
            for (JsonNode file : root.path("files")) {
                files.add(new FileEntry(
                        file.path("path").asString(),
                        file.path("size").asLong(-1),
                        file.path("sha256").asString()));
            }
            return new Manifest(ArtifactKind.parse(root.path("kind").asString()), files);
        } catch (JacksonException e) {
            throw new ArtifactException("manifest: not JSON: " + e.getOriginalMessage());
        } catch (IllegalArgumentException e) {
            throw new ArtifactException("manifest: " + e.getMessage());
        }
    }
}
