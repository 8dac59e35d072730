package dev.steelyard.tensor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

    static List<DynamicCode> codes() {
        return List.of(DynamicCode.SIGNED, DynamicCode.UNSIGNED);
    }

    @ParameterizedTest
    @MethodSource("codes")
    void code_has_256_numbers_up_to_one_and_each_is_its_own_nearest(DynamicCode code) {
        for (int i = 0; i < DynamicCode.SIZE; i++) {
            assertThat(code.nearest(code.value(i))).isEqualTo(i);
            if (i > 0) {
                assertThat(code.value(i)).isGreaterThan(code.value(i - 1));
            }
        }
        assertThat(code.value(255)).isEqualTo(1);
        assertThat(code.value(254)).isCloseTo(code.signed() ? 0.992969f : 0.996484f, within(1e-6f));
        assertThat(code.value(code.nearest(0))).isZero();
        assertThat(code.nearest(0)).isEqualTo(code.signed() ? 127 : 0);
    }

    /** Against a search through all numbers. */
    @ParameterizedTest
    @MethodSource("codes")
    void nearest_number_is_found_for_every_size(DynamicCode code) {
        for (int i = 0; i < 2_000; i++) {
            float x = (float) Math.pow(10, -8.0 * i / 2_000);
            assertNearest(code, x);
            if (code.signed()) {
                assertNearest(code, -x);
            }
        }
    }

    private static void assertNearest(DynamicCode code, float x) {
        double best = IntStream.range(0, DynamicCode.SIZE)
                .mapToDouble(i -> Math.abs(code.value(i) - x))
                .min()
                .orElseThrow();
        assertThat((double) Math.abs(code.value(code.nearest(x)) - x)).isCloseTo(best, within(1e-9));
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
