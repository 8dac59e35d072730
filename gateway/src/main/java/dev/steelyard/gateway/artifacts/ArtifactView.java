package dev.steelyard.gateway.artifacts;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.steelyard.artifacts.FileEntry;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An artifact as REST shows it.
 *
 * @param files where one artifact is asked for
 * @param producedBy the job that first made it
 * @param source where it was first brought in from
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Artifact")
record ArtifactView(
        String id,
        String kind,
        long size,
        int fileCount,
        @Nullable List<FileEntry> files,
        @Nullable UUID producedBy,
        @Nullable String source,
        Instant createdAt) {

    ArtifactView with(List<FileEntry> all) {
        return new ArtifactView(id, kind, size, fileCount, all, producedBy, source, createdAt);
    }
}
