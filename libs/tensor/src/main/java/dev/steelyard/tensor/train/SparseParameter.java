package dev.steelyard.tensor.train;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.Shares;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptionalList;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Chosen entries of a weight that are trained while all others stay as they are. Their values are a Float leaf of their
 * own: the master copy where the weight has fewer bits, since steps below |w|/512 would vanish in bfloat16.
 *
 * <p>{@link #attached} puts the values into the weight as part of the graph. In the backward pass the weight's dense
 * gradient lives until the chosen entries are gathered from it, which is at once, layer by layer; only theirs is kept
 * and, over several batches, added up.
 */
public final class SparseParameter implements AutoCloseable {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private final TensorOwner owner = new TensorOwner();
    private final String name;
    private final Tensor weight;
    private final Tensor indices; // [k], Int, ascending, of the weight row after row
    private final Tensor values; // [k], Float

    /**
     * @param weight contiguous, without gradients; changed in place, and to outlive this
     * @param indices of the entries, ascending, of the weight row after row
     */
    public SparseParameter(String name, Tensor weight, int[] indices) {
        if (!weight.is_contiguous() || weight.requires_grad()) {
            throw new IllegalArgumentException(name + ": expected a contiguous weight without gradients");
        }
        requireAscending(name, indices, weight.numel());
        this.name = name;
        this.weight = weight;
        try (var _ = TensorScope.open()) {
            this.indices = owner.own(ints(indices));
            this.values = owner.own(gathered().requires_grad_(true));
        }
    }

    /** The weight's name in a checkpoint. */
    public String name() {
        return name;
    }

    /** The weight with all its entries; the chosen ones are as of the last step. */
    public Tensor weight() {
        return weight;
    }

    /** k. */
    public long count() {
        return indices.numel();
    }

    /** The live tensor [k], Int. */
    public Tensor indices() {
        return indices;
    }

    /** The values as an optimizer moves them; the live leaf [k], Float. */
    public Parameter values() {
        return new Parameter(name, values);
    }

    /**
     * The weight to compute a loss with: the values' gradient is that of the chosen entries. Over the weight's own
     * memory; to be taken once for each backward pass.
     */
    public Tensor attached() {
        Tensor flat = weight.view(-1).detach();
        flat.index_put_(at(indices), values.to(weight.scalar_type()));
        return flat.view(Shapes.of(weight));
    }

    /** Puts the values into the weight, rounded to its type. */
    void write() {
        if (weight.scalar_type().intern() == ScalarType.Float) {
            scatter();
            return;
        }
        try (var _ = NoGrad.begin();
                var _ = TensorScope.open()) {
            weight.view(-1).index_put_(at(indices), values.detach().to(weight.scalar_type()));
        }
    }

    /** No place is written twice, so threads may share the entries. */
    private void scatter() {
        MemorySegment to = Tensors.segment(weight);
        MemorySegment places = Tensors.segment(indices);
        MemorySegment from = Tensors.segment(values.detach());
        Shares.of(Math.toIntExact(count()), count(), (first, end) -> {
            for (int i = first; i < end; i++) {
                to.setAtIndex(FloatRows.FLOAT, places.getAtIndex(INT, i), from.getAtIndex(FloatRows.FLOAT, i));
            }
        });
    }

    /**
     * Takes other entries instead, as many. Values of entries that were chosen before are kept, all others are read from
     * the weight.
     *
     * @return for each new entry where it was before, −1 where it was not
     */
    int[] move(int[] to) {
        if (to.length != count()) {
            throw new IllegalArgumentException(
                    "%s: expected %d entries as before, found %d".formatted(name, count(), to.length));
        }
        requireAscending(name, to, weight.numel());
        int[] before = positions(toInts(indices), to);
        try (var _ = NoGrad.begin();
                var _ = TensorScope.open()) {
            Tensor kept = values.detach().clone();
            indices.copy_(ints(to));
            values.copy_(gathered());
            carry(before, kept, values);
        }
        return before;
    }

    /** Copies {@code from[before[i]]} to {@code to[i]} where there is one; both Float [k]. */
    static void carry(int[] before, Tensor from, Tensor to) {
        MemorySegment source = Tensors.segment(from.detach());
        MemorySegment target = Tensors.segment(to.detach());
        for (int i = 0; i < before.length; i++) {
            if (before[i] >= 0) {
                target.setAtIndex(FloatRows.FLOAT, i, source.getAtIndex(FloatRows.FLOAT, before[i]));
            }
        }
    }

    private static int[] positions(int[] from, int[] to) {
        int[] positions = new int[to.length];
        int at = 0;
        for (int i = 0; i < to.length; i++) {
            while (at < from.length && from[at] < to[i]) {
                at++;
            }
            positions[i] = at < from.length && from[at] == to[i] ? at : -1;
        }
        return positions;
    }

    private Tensor gathered() {
        return weight.view(-1).index(at(indices)).to(ScalarType.Float).detach();
    }

    private static TensorOptionalList at(Tensor indices) {
        TensorOptionalList list = new TensorOptionalList();
        list.push_back(new TensorOptional(indices));
        return list;
    }

    private static Tensor ints(int[] indices) {
        return Tensors.copy(MemorySegment.ofArray(indices), ScalarType.Int, indices.length);
    }

    static int[] toInts(Tensor indices) {
        return Tensors.segment(indices).toArray(INT);
    }

    private static void requireAscending(String name, int[] indices, long elements) {
        for (int i = 0; i < indices.length; i++) {
            if (indices[i] < 0 || indices[i] >= elements || (i > 0 && indices[i] <= indices[i - 1])) {
                throw new IllegalArgumentException("%s: expected ascending indices below %d, found %d at %d"
                        .formatted(name, elements, indices[i], i));
            }
        }
    }

    @Override
    public void close() {
        owner.close();
    }
}
