package dev.steelyard.gateway.artifacts;

import dev.steelyard.artifacts.ArtifactId;
import dev.steelyard.artifacts.Manifest;
import dev.steelyard.artifacts.store.DirectoryArtifactStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import org.springframework.stereotype.Component;

/** Manifests of artifacts. Those asked for last are kept, as long as they list no more than so many files together. */
@Component
class Manifests {
    private static final int MOST_FILES = 2 * Manifest.MAX_FILES;

    private final DirectoryArtifactStore store;
    private final LinkedHashMap<ArtifactId, Manifest> kept = new LinkedHashMap<>(16, 0.75f, true);
    private int files;

    Manifests(DirectoryArtifactStore store) {
        this.store = store;
    }

    /** @throws NoSuchFileException when the store does not hold the artifact */
    Manifest require(ArtifactId id) throws IOException {
        synchronized (kept) {
            Manifest known = kept.get(id);
            if (known != null) {
                return known;
            }
        }
        Manifest read = store.manifest(id)
                .orElseThrow(() -> new NoSuchFileException(id.toString(), null, "the store does not hold it"));
        keep(id, read);
        return read;
    }

    private void keep(ArtifactId id, Manifest manifest) {
        synchronized (kept) {
            if (kept.putIfAbsent(id, manifest) == null) {
                files += manifest.files().size();
            }
            for (Iterator<Manifest> oldest = kept.values().iterator(); files > MOST_FILES; ) {
                files -= oldest.next().files().size();
                oldest.remove();
            }
        }
    }
}
