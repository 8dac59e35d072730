package dev.steelyard.gateway.artifacts;

import dev.steelyard.artifacts.ArtifactKind;
import dev.steelyard.artifacts.Manifest;
import dev.steelyard.artifacts.onnx.OnnxImport;
import dev.steelyard.artifacts.store.DirectoryArtifactStore;
import dev.steelyard.artifacts.store.TreeWriter;
import dev.steelyard.artifacts.store.UploadLimits;
import java.io.IOException;
import org.springframework.stereotype.Service;

/** The one way by which files from outside become artifacts. */
@Service
class Intake {
    private final DirectoryArtifactStore store;
    private final ArtifactCatalog catalog;

    Intake(DirectoryArtifactStore store, ArtifactCatalog catalog) {
        this.store = store;
        this.catalog = catalog;
    }

    /** An empty tree to fill. The caller closes it, whether or not it was put. */
    TreeWriter open() throws IOException {
        return store.newTreeWriter("intake", UploadLimits.standard());
    }

    /**
     * Puts a filled tree. A model in ONNX form becomes a safetensors checkpoint.
     *
     * @param source where it came from, for the record
     */
    ArtifactView put(TreeWriter tree, ArtifactKind kind, String source) throws IOException {
        if (kind == ArtifactKind.MODEL) {
            OnnxImport.convertFolder(tree.folder());
        }
        Manifest manifest = store.put(kind, tree);
        return catalog.add(manifest, source);
    }
}
