package dev.steelyard.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * Keeps tensors alive beyond the scope they were made in: the weights of a model, the state of an optimizer. May be
 * closed by any thread, when nobody computes with the tensors any more.
 */
public final class TensorOwner implements AutoCloseable {
    private final List<Pointer> owned = new ArrayList<>();

    /** @return the same tensor, which from now on lives until this owner is closed */
    public synchronized <P extends Pointer> P own(P pointer) {
        pointer.retainReference();
        owned.add(pointer);
        return pointer;
    }

    @Override
    public synchronized void close() {
        for (Pointer pointer : owned.reversed()) {
            pointer.releaseReference();
        }
        owned.clear();
    }
}
