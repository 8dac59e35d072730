package dev.steelyard.tensor.nn;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.train.RandomTensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A low-rank addition to a frozen weight: W + (α/r)·B·A with A [r, in] and B [out, r] in training (LoRA, Hu et al.,
 * arXiv:2106.09685). A starts uniform on ±1/√in (Kaiming's bound with a = √5), B at zero, so that a new adapter changes
 * nothing. A convolution's kernel counts as in.
 *
 * <p>The store holds W under its own name as a buffer, and A and B, always Float, as parameters named as PEFT does:
 * {@code q_proj.weight} gets {@code q_proj.lora_A.weight} and {@code q_proj.lora_B.weight}. One object serves all layers
 * of a model.
 */
public final class LowRankAdapter implements Reparametrization {
    private static final String WEIGHT = ".weight";

    private final RandomTensors random;
    private final long rank;
    private final double scale;
    private final SequencedMap<String, Adapted> adapted = new LinkedHashMap<>();

    /**
     * @param random gives the A; used while layers are made only
     * @param rank r, 1 or more
     * @param alpha α, above 0: the addition is multiplied by α/r
     */
    public LowRankAdapter(RandomTensors random, long rank, double alpha) {
        if (rank < 1 || !(alpha > 0)) {
            throw new IllegalArgumentException(
                    "expected a rank of 1 or more and alpha above 0, found %d and %s".formatted(rank, alpha));
        }
        this.random = random;
        this.rank = rank;
        this.scale = alpha / rank;
    }

    /** @throws UnfitWeightException naming a weight of one dimension or less, or of fewer rows or columns than the rank */
    @Override
    public Weight create(ParameterStore store, String name, Supplier<Tensor> initial) {
        Tensor w = store.buffer(name, initial);
        long[] shape = Shapes.of(w);
        long out = shape.length < 2 ? 0 : shape[0];
        long in = out == 0 ? 0 : Shapes.count(shape) / out;
        if (rank > Math.min(out, in)) {
            throw new UnfitWeightException(
                    name, "expected at least %d rows and columns, found %d and %d".formatted(rank, out, in));
        }
        String module = name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : name;
        Tensor a =
                store.parameter(module + ".lora_A.weight", () -> random.uniform(1 / Math.sqrt((double) in), rank, in));
        Tensor b = store.parameter(module + ".lora_B.weight", () -> torch.zeros(out, rank));
        Adapted weight = new Adapted(w, a, b, scale);
        adapted.put(name, weight);
        return weight;
    }

    /**
     * The weights with their additions, by name, as a plain checkpoint holds them: new tensors of the innermost open
     * scope, of the frozen weights' types.
     */
    public SequencedMap<String, Tensor> merged() {
        SequencedMap<String, Tensor> merged = new LinkedHashMap<>();
        try (var _ = NoGrad.begin()) {
            for (Map.Entry<String, Adapted> weight : adapted.entrySet()) {
                merged.put(weight.getKey(), weight.getValue().value());
            }
        }
        return merged;
    }

    private record Adapted(Tensor w, Tensor a, Tensor b, double scale) implements Weight {
        @Override
        public Tensor value() {
            Tensor addition = torch.matmul(b, a).mul_(new Scalar(scale)).reshape(Shapes.of(w));
            return torch.add(w.to(addition.scalar_type()), addition).to(w.scalar_type());
        }
    }
}
