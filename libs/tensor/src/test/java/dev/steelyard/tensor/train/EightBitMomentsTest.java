package dev.steelyard.tensor.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.kernels.Kernels;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EightBitMomentsTest {
    private static final Torch ENGINE = Torch.start(2);
    private static final AdamMoments RULE = new AdamMoments(0.9, 0.99, 1e-6, false);
    private static final int SIZE = 70 * EightBitMoments.BLOCK + 17;

    private final TensorOwner owner = new TensorOwner();
    private final RandomTensors random = new RandomTensors(ENGINE, 3);
    private final TensorScope scope = TensorScope.open();

    @AfterEach
    void closeAll() {
        scope.close();
        random.close();
        owner.close();
    }

    @Test
    void direction_stays_near_that_of_full_moments() {
        var eight = new EightBitMoments(owner, SIZE);
        var full = new DenseMoments(owner, ScalarType.Float, SIZE);
        double error = 0;
        for (int step = 0; step < 30; step++) {
            Tensor g = random.normal(1, SIZE).add_(random.normal(0.1, 1));
            Tensor a = eight.direction(g, RULE);
            Tensor b = full.direction(g, RULE);
            error = torch.sub(a, b).norm().item_double() / b.norm().item_double();
        }

        assertThat(error).isBetween(1e-5, 0.05);
        assertThat(torch.sub(eight.first(), full.first()).norm().item_double())
                .isLessThan(0.05 * full.first().norm().item_double());
        assertThat(eight.bytes()).isEqualTo(2L * SIZE + 8L * ((SIZE + 255) / 256));
        assertThat(full.bytes()).isEqualTo(8L * SIZE);
    }

    @Test
    void small_second_moment_beside_a_large_one_does_not_vanish() {
        var moments = new EightBitMoments(owner, 4);
        moments.direction(Tensors.of(new float[] {1000, 1e-3f, 0, -1e-3f}, 4), RULE);

        float[] direction = Tensors.toFloats(moments.direction(torch.zeros(4), RULE));

        assertThat(Math.abs(direction[1])).isLessThan(1);
        assertThat(direction[2]).isZero();
    }

    /** One thread, vectors off: the same bits. */
    @Test
    void scalar_kernels_give_the_same_bits() {
        var fast = new EightBitMoments(owner, SIZE);
        var plain = new EightBitMoments(owner, Kernels.scalar().moments(), SIZE);
        for (int step = 0; step < 20; step++) {
            Tensor g = random.normal(1, SIZE).pow(new Scalar(3.0));
            assertThat(Tensors.toFloats(fast.direction(g, RULE))).isEqualTo(Tensors.toFloats(plain.direction(g, RULE)));
        }
        assertThat(Tensors.toFloats(fast.first())).isEqualTo(Tensors.toFloats(plain.first()));
    }

    @Test
    void saved_moments_continue_to_the_same_bits() {
        var moments = new EightBitMoments(owner, SIZE);
        moments.direction(random.normal(1, SIZE), RULE);
        Map<String, Tensor> saved = new HashMap<>();
        moments.save("w.", saved);
        saved.replaceAll((_, tensor) -> tensor.clone());
        var again = new EightBitMoments(owner, SIZE);

        assertThat(again.restore("w.", saved)).isEqualTo(4);
        Tensor g = random.normal(1, SIZE);
        assertThat(Tensors.toFloats(again.direction(g, RULE))).isEqualTo(Tensors.toFloats(moments.direction(g, RULE)));
    }
}
