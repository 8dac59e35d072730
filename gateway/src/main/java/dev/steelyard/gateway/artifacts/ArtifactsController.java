package dev.steelyard.gateway.artifacts;

import dev.steelyard.artifacts.ArtifactId;
import dev.steelyard.artifacts.FileEntry;
import dev.steelyard.artifacts.store.DirectoryArtifactStore;
import dev.steelyard.gateway.problems.ProblemException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/v1/artifacts")
@Tag(name = "artifacts", description = "Immutable, content-addressed trees of files")
class ArtifactsController {
    private static final int MAX_PAGE = 500;

    private final ArtifactCatalog catalog;
    private final DirectoryArtifactStore store;
    private final Manifests manifests;

    ArtifactsController(ArtifactCatalog catalog, DirectoryArtifactStore store, Manifests manifests) {
        this.catalog = catalog;
        this.store = store;
        this.manifests = manifests;
    }

    /** A page of artifacts; {@code next} is the cursor of the page after it. */
    record Page(List<ArtifactView> items, @Nullable String next) {}

    @GetMapping
    @Operation(operationId = "listArtifacts", summary = "Artifacts, newest first")
    Page list(
            @RequestParam(required = false) @Nullable String kind,
            @RequestParam(defaultValue = "50") int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw ProblemException.field("/limit", "must be 1 to " + MAX_PAGE);
        }
        String[] after = cursor == null ? new String[0] : parse(cursor);
        List<ArtifactView> items = after.length == 0
                ? catalog.list(kind, null, null, limit)
                : catalog.list(kind, Instant.parse(after[0]), after[1], limit);
        ArtifactView last = items.isEmpty() ? null : items.getLast();
        String next = last == null || items.size() < limit ? null : text(last.createdAt() + " " + last.id());
        return new Page(items, next);
    }

    @GetMapping("/{id}")
    @Operation(operationId = "getArtifact", summary = "One artifact with its files")
    ArtifactView get(@PathVariable String id) throws IOException {
        ArtifactId artifact = id(id);
        ArtifactView view = catalog.require(artifact);
        return view.with(manifests.require(artifact).files());
    }

    @GetMapping("/{id}/files/{*path}")
    @Operation(operationId = "downloadFile", summary = "Bytes of one file; ranges and ETags work")
    ResponseEntity<Resource> download(@PathVariable String id, @PathVariable String path) throws IOException {
        ArtifactId artifact = id(id);
        catalog.require(artifact);
        String name = path.substring(1);
        FileEntry file = manifests
                .require(artifact)
                .file(name)
                .orElseThrow(() -> ProblemException.notFound("no file '" + name + "' in " + artifact));
        // Spring serves ranges of a resource that knows its length.
        return ResponseEntity.ok()
                .eTag('"' + file.sha256() + '"')
                .cacheControl(CacheControl.noCache().cachePrivate())
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment()
                                .filename(name.substring(name.lastIndexOf('/') + 1), StandardCharsets.UTF_8)
                                .build()
                                .toString())
                .header("X-Content-Type-Options", "nosniff")
                .body(new StoredFile(store, artifact, file));
    }

    private static ArtifactId id(String text) {
        try {
            return ArtifactId.parse(text);
        } catch (IllegalArgumentException e) {
            throw ProblemException.notFound("no artifact '" + text + "'");
        }
    }

    private static String text(String cursor) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(cursor.getBytes(StandardCharsets.UTF_8));
    }

    private static String[] parse(String cursor) {
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split(" ", 2);
            Instant.parse(parts[0]);
            return new String[] {parts[0], parts[1]};
        } catch (RuntimeException e) {
            throw ProblemException.field("/cursor", "is not a cursor of this API");
        }
    }
}
