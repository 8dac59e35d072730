package dev.steelyard.gateway.artifacts;

import dev.steelyard.artifacts.FileEntry;
import dev.steelyard.gateway.problems.ProblemException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.security.Principal;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/v1/artifacts")
@Tag(name = "artifacts")
class IntakeController {
    private final Uploads uploads;
    private final Imports imports;

    IntakeController(Uploads uploads, Imports imports) {
        this.uploads = uploads;
        this.imports = imports;
    }

    record Upload(UUID id, List<FileEntry> files) {}

    record OpenUploads(List<Uploads.Open> items) {}

    /** @param weights of a model in GGUF form: bf16, which is the default, or fp32 */
    record Commit(@Nullable String kind, @Nullable String weights) {}

    /** @param weights of a model in GGUF form: bf16, which is the default, or fp32 */
    record Import(
            @Nullable String kind,
            @Nullable String source,
            @Nullable String weights) {}

    @PostMapping("/uploads")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(operationId = "beginUpload", summary = "Begins an upload of files that will be one artifact")
    Upload begin(Principal caller) throws IOException {
        return new Upload(uploads.begin(caller.getName()), List.of());
    }

    @GetMapping("/uploads")
    @Operation(
            operationId = "listUploads",
            summary = "Uploads begun with the caller's key and still open, oldest first")
    OpenUploads list(Principal caller) {
        return new OpenUploads(uploads.open(caller.getName()));
    }

    @GetMapping("/uploads/{id}")
    @Operation(operationId = "getUpload", summary = "The files an upload has so far")
    Upload files(@PathVariable UUID id, Principal caller) {
        return new Upload(id, uploads.files(id, caller.getName()));
    }

    @PutMapping("/uploads/{id}/files/{*path}")
    @Operation(
            operationId = "uploadFile",
            summary = "Sends one file as the request's body; again replaces it",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
                                            schema = @Schema(type = "string", format = "binary"))))
    FileEntry write(@PathVariable UUID id, @PathVariable String path, HttpServletRequest request, Principal caller)
            throws IOException {
        return uploads.write(id, caller.getName(), path.substring(1), request.getInputStream());
    }

    @PostMapping("/uploads/{id}/commit")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(operationId = "commitUpload", summary = "Makes the files an artifact; refused, it may be tried again")
    ArtifactView commit(@PathVariable UUID id, @RequestBody Commit commit, Principal caller) throws IOException {
        return uploads.commit(id, caller.getName(), IntakeForm.parse(commit.kind(), commit.weights()));
    }

    @DeleteMapping("/uploads/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(operationId = "removeUpload", summary = "Throws an upload away")
    void remove(@PathVariable UUID id, Principal caller) throws IOException {
        uploads.remove(id, caller.getName());
    }

    @PostMapping("/import")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(operationId = "importArtifact", summary = "Fetches files from an allowed folder or over https")
    ArtifactView fetch(@RequestBody Import request) throws IOException, InterruptedException {
        IntakeForm form = IntakeForm.parse(request.kind(), request.weights());
        if (request.source() == null) {
            throw ProblemException.field("/source", "is missing: expected file:///… or https://…");
        }
        try {
            return imports.fetch(URI.create(request.source()), form);
        } catch (IllegalArgumentException e) {
            throw ProblemException.field("/source", "'" + request.source() + "' is not a URL");
        }
    }
}
