package dev.steelyard.tensor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sixty steps beside libtorch's own optimizers, in double precision. */
class ReferenceOptimizersTest {
    private static final double RATE = 0.02;
    private static final double DECAY = 0.03;

    @BeforeAll
    static void startTorch() {
        Torch.start(2);
    }

    @Test
    void adam_is_libtorchs_adam() {
        compare(groups -> new Adam(groups, new AdamMoments(0.9, 0.999, 1e-6, false), Decay.COUPLED), w -> {
            var options = new AdamOptions(RATE);
            options.eps().put(1e-6);
            options.weight_decay().put(DECAY);
            return new org.bytedeco.pytorch.Adam(new TensorVector(w), options);
        });
    }

    @Test
    void decoupled_adam_is_libtorchs_adamw() {
        compare(groups -> new Adam(groups, AdamMoments.defaults(), Decay.DECOUPLED), w -> {
            var options = new AdamWOptions(RATE);
            options.weight_decay().put(DECAY);
            return new AdamW(new TensorVector(w), options);
        });
    }

    @Test
    void sgd_is_libtorchs_sgd() {
        compare(groups -> new Sgd(groups, Momentum.of(0), Decay.COUPLED), w -> sgd(w, options -> {}));
        compare(
                groups -> new Sgd(groups, new Momentum(0.9, 0.2, false), Decay.COUPLED),
                w -> sgd(w, options -> {
                    options.momentum().put(0.9);
                    options.dampening().put(0.2);
                }));
        compare(
                groups -> new Sgd(groups, new Momentum(0.9, 0, true), Decay.COUPLED),
                w -> sgd(w, options -> {
                    options.momentum().put(0.9);
                    options.nesterov().put(true);
                }));
    }

    private static SGD sgd(Tensor w, Consumer<SGDOptions> settings) {
        var options = new SGDOptions(RATE);
        options.weight_decay().put(DECAY);
        settings.accept(options);
        return new SGD(new TensorVector(w), options);
    }

    private static void compare(
            Function<List<ParameterGroup>, Optimizer> ours, Function<Tensor, org.bytedeco.pytorch.Optimizer> theirs) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(8);
        try (var _ = TensorScope.open()) {
            double[] start = random.doubles(12, -1, 1).toArray();
            Tensor a = leaf(start);
            Tensor b = leaf(start);
            var reference = theirs.apply(b);
            try (var optimizer = ours.apply(List.of(ParameterGroup.of(List.of(new Parameter("w", a)), DECAY)))) {
                for (int step = 0; step < 60; step++) {
                    double[] g = random.doubles(12, -1, 1).toArray();
                    setGradient(a, g);
                    setGradient(b, g);
                    optimizer.step(RATE);
                    reference.step();
                }
            }
            assertThat(Tensors.toDoubles(a)).containsExactly(Tensors.toDoubles(b), within(1e-13));
            assertThat(Tensors.toDoubles(a)).isNotEqualTo(start);
        }
    }

    /** The gradient of Σ g∘w. */
    private static void setGradient(Tensor w, double[] g) {
        w.mutable_grad().reset();
        torch.mul(w, Tensors.of(g, 3, 4)).sum().backward();
    }

    private static Tensor leaf(double[] values) {
        return Tensors.of(values, 3, 4).set_requires_grad(true);
    }
}
