package dev.steelyard.tensor;

import java.util.Iterator;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * Owns the native memory of everything made in it: tensors, scalars, optimizers. Closing frees all of it, except what
 * was kept. Scopes nest; what is made belongs to the innermost one that its thread has open.
 *
 * <pre>{@code
 * try (var scope = TensorScope.open()) {
 *     Tensor h = torch.matmul(x, w);
 *     return scope.keep(torch.relu(h)); // h is freed here
 * }
 * }</pre>
 *
 * <p>To be closed by the thread that opened it.
 */
public final class TensorScope implements AutoCloseable {
    private final Thread owner = Thread.currentThread();
    private final PointerScope pointers = new PointerScope();

    private TensorScope() {}

    public static TensorScope open() {
        return new TensorScope();
    }

    /**
     * Hands a tensor made in this scope over to the next outer scope of this thread. Where there is none the caller
     * owns it and calls {@code close()} on it.
     *
     * @return the same tensor
     */
    public <P extends Pointer> P keep(P pointer) {
        requireOwner();
        Iterator<PointerScope> open = PointerScope.getScopeIterator();
        while (open.hasNext()) {
            if (open.next().equals(pointers)) {
                break;
            }
        }
        if (open.hasNext()) {
            open.next().attach(pointer);
        } else {
            pointer.retainReference();
        }
        pointers.detach(pointer);
        return pointer;
    }

    @Override
    public void close() {
        requireOwner();
        pointers.close();
    }

    private void requireOwner() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("scope of thread %s used by %s"
                    .formatted(owner.getName(), Thread.currentThread().getName()));
        }
    }
}
