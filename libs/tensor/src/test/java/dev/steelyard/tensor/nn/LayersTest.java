package dev.steelyard.tensor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.RandomTensors;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LayersTest {
    private static final Torch ENGINE = Torch.start(2);

    private final ParameterStore store = new ParameterStore();
    private final RandomTensors random = new RandomTensors(ENGINE, 7);
    private TensorScope scope = TensorScope.open();

    @BeforeEach
    void openScope() {
        scope.close();
        scope = TensorScope.open();
    }

    @AfterEach
    void closeAll() {
        scope.close();
        random.close();
        store.close();
    }

    /** What makes a weight scale invariant, and with it its gradient orthogonal to it: L(cw) = L(w). */
    @Test
    void weight_before_normalization_may_be_rescaled() {
        Layer net = Convolution.create(store, "conv", random, 2, 4, 3, 1)
                .then(BatchNorm.create(store, "norm", 4))
                .then((x, phase) -> torch.relu(x).flatten(1, -1))
                .then(Linear.create(store, "out", random, 4 * 6 * 6, 3));
        Tensor x = random.normal(1, 10, 2, 6, 6);
        Tensor w = store.parameters().getFirst().value();
        Tensor before = net.forward(x, Phase.TRAINING);
        before.mul(random.normal(1, 10, 3)).sum().backward();

        double along = torch.mul(w, w.grad()).sum().item_double();
        double lengths = w.norm().item_double() * w.grad().norm().item_double();
        try (var _ = NoGrad.begin()) {
            w.mul_(new Scalar(5.0));
        }
        Tensor after = net.forward(x, Phase.TRAINING);

        assertThat(Math.abs(along) / lengths).isLessThan(1e-4);
        assertThat(torch.sub(after, before).abs().max().item_double()).isCloseTo(0, within(1e-4));
    }

    @Test
    void normalization_uses_the_batch_in_training_and_its_average_afterwards() {
        Layer norm = BatchNorm.create(store, "norm", 2);
        Tensor x = Tensors.of(new float[] {1, 10, 3, 30}, 2, 2);

        assertThat(Tensors.toFloats(norm.forward(x, Phase.TRAINING)))
                .containsExactly(new float[] {-1, -1, 1, 1}, within(1e-4f));

        // after one batch: mean 0.9·0 + 0.1·(2, 20), variance 0.9·1 + 0.1·(2, 200), unbiased
        float[] expected = {
            (1 - 0.2f) / (float) Math.sqrt(1.1),
            (10 - 2) / (float) Math.sqrt(20.9),
            (3 - 0.2f) / (float) Math.sqrt(1.1),
            (30 - 2) / (float) Math.sqrt(20.9)
        };
        assertThat(Tensors.toFloats(norm.forward(x, Phase.EVALUATION))).containsExactly(expected, within(1e-4f));
        assertThat(Tensors.toLongs(store.save().lastEntry().getValue())).containsExactly(1);
    }

    @Test
    void parameters_carry_the_names_of_the_checkpoint() {
        Linear.create(store, "a", random, 3, 2);
        BatchNorm.create(store, "b", 2);

        assertThat(store.parameters())
                .extracting(Parameter::name)
                .containsExactly("a.weight", "a.bias", "b.weight", "b.bias");
        assertThat(store.save().keySet())
                .containsExactly(
                        "a.weight",
                        "a.bias",
                        "b.weight",
                        "b.bias",
                        "b.running_mean",
                        "b.running_var",
                        "b.num_batches_tracked");
    }

    @Test
    void foreign_and_missing_tensors_are_named() {
        Linear.create(store, "a", random, 3, 2);
        Tensor weight = torch.zeros(2, 3);

        assertThatThrownBy(() -> store.restore(Map.of("a.weight", weight))).hasMessage("missing: a.bias");
        assertThatThrownBy(() -> store.restore(Map.of("x", weight))).hasMessage("the model has no x");
        assertThatThrownBy(() -> store.restore(Map.of("a.weight", torch.zeros(3, 2), "a.bias", torch.zeros(2))))
                .hasMessage("a.weight: expected [2, 3], found [3, 2]");
    }

    @Test
    void same_seed_gives_the_same_weights() {
        try (var again = new RandomTensors(ENGINE, 7);
                var other = new ParameterStore()) {
            Linear.create(store, "a", random, 30, 20);
            Linear.create(other, "a", again, 30, 20);

            float[] weight = Tensors.toFloats(store.parameters().getFirst().value());
            assertThat(Tensors.toFloats(other.parameters().getFirst().value())).containsExactly(weight);
            double bound = 1 / Math.sqrt(30);
            for (float value : weight) {
                assertThat((double) value).isBetween(-bound, bound);
            }
        }
    }
}
