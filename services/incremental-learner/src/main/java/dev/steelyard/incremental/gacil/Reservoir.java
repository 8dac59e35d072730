package dev.steelyard.incremental.gacil;

import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.train.TrainingState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/** Samples kept of a stream, each of those shown so far with the same probability. */
final class Reservoir implements TrainingState.Part {
    private final int size;
    private final List<Integer> kept = new ArrayList<>();
    private long shown;

    Reservoir(int size) {
        this.size = size;
    }

    /** Some rows, and as many that were kept. */
    int[] withReplayed(int[] rows, RandomGenerator random) {
        int count = Math.min(rows.length, kept.size());
        return IntStream.concat(
                        Arrays.stream(rows), IntStream.range(0, count).map(i -> kept.get(random.nextInt(kept.size()))))
                .toArray();
    }

    void offer(int[] rows, RandomGenerator random) {
        for (int row : rows) {
            shown++;
            if (kept.size() < size) {
                kept.add(row);
            } else {
                long at = random.nextLong(shown);
                if (at < size) {
                    kept.set((int) at, row);
                }
            }
        }
    }

    @Override
    public Map<String, Tensor> save() {
        long[] rows = kept.stream().mapToLong(Integer::longValue).toArray();
        return Map.of("rows", Tensors.of(rows, rows.length), "shown", Tensors.of(new long[] {shown}, 1));
    }

    @Override
    public void restore(Map<String, Tensor> saved) {
        kept.clear();
        Arrays.stream(Tensors.toLongs(TrainingState.require(saved, "rows")))
                .forEach(row -> kept.add(Math.toIntExact(row)));
        shown = Tensors.toLongs(TrainingState.require(saved, "shown"))[0];
    }
}
