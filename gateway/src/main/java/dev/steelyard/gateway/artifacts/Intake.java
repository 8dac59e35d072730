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
     * Puts a filled tree.
     *
     * @param source where it came from, for the record
     */
    ArtifactView put(TreeWriter tree, IntakeForm form, String source) throws IOException {
        convert(tree, form);
        return add(store(tree, form), source);
    }

    /**
     * First step of a put: a model in ONNX or GGUF form becomes a safetensors checkpoint. Refused, the tree is as it was.
     */
    void convert(TreeWriter tree, IntakeForm form) throws IOException {
        boolean fromGguf = false;
        if (form.kind() == ArtifactKind.MODEL) {
            if (form.weights().isEmpty()) {
                OnnxImport.convertFolder(tree.folder());
            }
            WeightType type = form.weights().orElse(WeightType.BF16);
            fromGguf = GgufImport.convertFolder(tree.folder(), type).isPresent();
        }
        if (form.weights().isPresent() && !fromGguf) {
            throw ProblemException.field("/weights", "is for a model in GGUF form, and there is none");
        }
    }

    /** Second step: the store has the files, and the tree is gone. */
    Manifest store(TreeWriter tree, IntakeForm form) throws IOException {
        return store.put(form.kind(), tree);
    }

    /** Last step: anyone may see the artifact. */
    ArtifactView add(Manifest manifest, String source) {
        return catalog.add(manifest, source);
    }
}
