package dev.steelyard.gateway.artifacts;

import dev.steelyard.artifacts.ArtifactKind;
import dev.steelyard.artifacts.Manifest;
import dev.steelyard.artifacts.gguf.GgufImport;
import dev.steelyard.artifacts.gguf.WeightType;
import dev.steelyard.artifacts.onnx.OnnxImport;
import dev.steelyard.artifacts.store.DirectoryArtifactStore;
import dev.steelyard.artifacts.store.TreeWriter;
import dev.steelyard.artifacts.store.UploadLimits;
import dev.steelyard.gateway.problems.ProblemException;
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
     * Puts a filled tree. A model in ONNX or GGUF form becomes a safetensors checkpoint.
     *
     * @param source where it came from, for the record
     */
    ArtifactView put(TreeWriter tree, IntakeForm form, String source) throws IOException {
        boolean fromGguf = false;
        if (form.kind() == ArtifactKind.MODEL) {
            OnnxImport.convertFolder(tree.folder());
            WeightType type = form.weights().orElse(WeightType.BF16);
            fromGguf = GgufImport.convertFolder(tree.folder(), type).isPresent();
        }
        if (form.weights().isPresent() && !fromGguf) {
            throw ProblemException.field("/weights", "is for a model in GGUF form, and there is none");
        }
        Manifest manifest = store.put(form.kind(), tree);
        return catalog.add(manifest, source);
    }
}
