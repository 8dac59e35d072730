package dev.steelyard.incremental.lift;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.incremental.training.WeightFiles;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** Compares two checkpoints with the mask that the first one has. */
final class MaskedChange {
    private MaskedChange() {}

    /**
     * Entries that differ and are not among the base's principal weights.
     *
     * @param engine with as many threads as the tuning job had: a decomposition on more or fewer can differ in the last
     *     bits, and with it which of two entries nearly alike is the last one chosen
     */
    static long outside(Torch engine, Path base, Path tuned, long rank, long budget) throws IOException {
        var choice = new PrincipalWeights(engine, 1, Selection.LIFT, rank, new Budget(budget, 0));
        long outside = 0;
        try (Checkpoint before = Checkpoint.open(base);
                Checkpoint after = Checkpoint.open(tuned);
                var _ = TensorScope.open()) {
            for (String name : before.names()) {
                int size = before.tensor(name).orElseThrow().dtype().bytes();
                int[] mask = name.endsWith("_proj.weight")
                        ? choice.of(name, WeightFiles.tensor(before, name), Map.of(), 0)
                        : new int[0];
                MemorySegment was = before.data(name);
                MemorySegment is = after.data(name);
                for (long at = was.mismatch(is); at >= 0; ) {
                    long entry = at / size;
                    outside += Arrays.binarySearch(mask, (int) entry) < 0 ? 1 : 0;
                    long next = (entry + 1) * size;
                    long more = MemorySegment.mismatch(was, next, was.byteSize(), is, next, is.byteSize());
                    at = more < 0 ? -1 : next + more;
                }
            }
        }
        return outside;
    }
}
