package dev.steelyard.incremental.gacil;

import dev.steelyard.artifacts.Sha256;
import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.random.RandomGenerator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The expansion h = relu(x·W_E) with a frozen random W_E [d, M] without bias, entries uniform on ±1/√d. Entries are
 * floats, products are computed in double.
 */
final class RandomBuffer implements AutoCloseable {
    private static final int MOST_ENTRIES = Integer.MAX_VALUE - 8; // what an array can hold
    private static final int HASHED_AT_ONCE = 1 << 18;

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

    /** @throws MethodException when d·M is more than can be held */
    static void requireRoom(int features, int expansion) throws MethodException {
        if ((long) features * expansion > MOST_ENTRIES) {
            throw MethodException.parameter(
                    "/expansion",
                    "%d for %d features is more than the random buffer can hold; at most %d"
                            .formatted(expansion, features, MOST_ENTRIES / features));
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
        MessageDigest digest = Sha256.digest();
        ByteBuffer bytes = ByteBuffer.allocate(HASHED_AT_ONCE * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < entries.length; from += HASHED_AT_ONCE) {
            int count = Math.min(HASHED_AT_ONCE, entries.length - from);
            bytes.clear().asFloatBuffer().put(entries, from, count);
            digest.update(bytes.limit(count * Float.BYTES));
        }
        return Sha256.hex(digest.digest());
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
