package dev.steelyard.gateway.artifacts;

import dev.steelyard.artifacts.ArtifactId;
import dev.steelyard.artifacts.FileEntry;
import dev.steelyard.artifacts.store.DirectoryArtifactStore;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.AbstractResource;

/** A file of an artifact, as a resource of known length. */
final class StoredFile extends AbstractResource {
    private final DirectoryArtifactStore store;
    private final ArtifactId artifact;
    private final FileEntry file;

    StoredFile(DirectoryArtifactStore store, ArtifactId artifact, FileEntry file) {
        this.store = store;
        this.artifact = artifact;
        this.file = file;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return store.open(file, 0, file.size());
    }

    @Override
    public long contentLength() {
        return file.size();
    }

    @Override
    public String getDescription() {
        return file.path() + " of " + artifact;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StoredFile that && that.artifact.equals(artifact) && that.file.equals(file);
    }

    @Override
    public int hashCode() {
        return 31 * artifact.hashCode() + file.hashCode();
    }
}
