package dev.steelyard.incremental.gacil;

import dev.steelyard.artifacts.Sha256;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The expansion h = relu(x·W_E) with a frozen random W_E [d, M] without bias, entries uniform on ±1/√d. Entries are
 * floats, products are computed in double.
 */
final class RandomBuffer implements AutoCloseable {
    private final TensorOwner owner = new TensorOwner();
    private final int features;
    private final int expansion;
    private final float[] entries;
    private final Tensor weight;

    /** @param entries [d·M], row after row, not copied */
    RandomBuffer(int features, int expansion, float[] entries) {
        if (entries.length != (long) features * expansion) {
            throw new IllegalArgumentException(
                    "%d entries are not %d × %d".formatted(entries.length, features, expansion));
        }
        this.features = features;
        this.expansion = expansion;
        this.entries = entries;
        try (var _ = TensorScope.open()) {
            weight = owner.own(Tensors.of(entries, features, expansion).to(ScalarType.Double));
        }
    }

    static RandomBuffer draw(int features, int expansion, RandomGenerator random) {
        double bound = 1 / Math.sqrt(features);
        float[] entries = new float[Math.multiplyExact(features, expansion)];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = (float) random.nextDouble(-bound, bound);
        }
        return new RandomBuffer(features, expansion, entries);
    }

    /** d. */
    int features() {
        return features;
    }

    /** M. */
    int expansion() {
        return expansion;
    }

    float[] entries() {
        return entries.clone();
    }

    /** sha256 of the entries as little-endian floats. */
    String hash() {
        ByteBuffer bytes = ByteBuffer.allocate(entries.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(entries);
        return HexFormat.of().formatHex(Sha256.digest().digest(bytes.array()));
    }

    /**
     * h, owned by the innermost open scope.
     *
     * @param x [n, d], Double
     * @return [n, M], Double, at least 0
     */
    Tensor expand(Tensor x) {
        return torch.relu_(x.mm(weight));
    }

    @Override
    public void close() {
        owner.close();
    }
}
