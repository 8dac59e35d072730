package dev.steelyard.models;

import java.io.IOException;
import org.bytedeco.pytorch.Tensor;

/** Where a model gets its weights from, by their names in the checkpoint. */
public interface Weights {
    boolean contains(String name);

    /**
     * A weight, of any floating-point type, owned by the innermost open scope. It may be a view of memory that lives
     * only as long as its source, and must not be written to.
     *
     * @param shape the sizes it must have
     * @throws dev.steelyard.artifacts.ArtifactException when it is missing or has another shape or type, in one line:
     *     {@code encoder.layer.3.output.dense.weight: expected [384, 1536], found [384, 1535]}
     */
    Tensor load(String name, long... shape) throws IOException;
}
