package dev.steelyard.tensor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.WeightCompander.Start;
import dev.steelyard.tensor.nn.WeightCompander.Tail;
import dev.steelyard.tensor.train.Decay;
import dev.steelyard.tensor.train.Momentum;
import dev.steelyard.tensor.train.MovingAverage;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.ParameterGroup;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.Sgd;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WeightCompanderTest {
    private static final Torch ENGINE = Torch.start(2);
    private static final String NAME = "x.weight";

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

    /** Weights up to 0.98·aπ/2, where tan is steep. */
    @Test
    void starts_at_the_initial_weight() {
        Tensor w = random.uniform(1, 40, 50).to(ScalarType.Double);
        double deviation = w.std(false).item_double();
        double alpha = w.abs().max().item_double() / (0.98 * Math.PI / 2 * deviation);

        CompandedWeight weight = WeightCompander.of(alpha, 0.7 * alpha).create(store, NAME, () -> w);

        assertThat(difference(weight.value(), w)).isLessThan(1e-12);
        assertThat(weight.a()).isCloseTo(alpha * deviation, within(1e-12));
        assertThat(weight.b()).isCloseTo(0.7 * alpha * deviation, within(1e-12));
    }

    @Test
    void starts_at_the_initial_weight_in_single_precision() {
        Tensor w = random.uniform(0.1, 40, 50);

        CompandedWeight weight = WeightCompander.of(2, 2).create(store, NAME, () -> w);

        assertThat(difference(weight.value(), w)).isLessThan(2e-8);
    }

    @Test
    void plain_start_takes_the_initial_weight_as_v() {
        Tensor w = random.normal(0.05, 40, 50);
        var plain = new WeightCompander(1, 0.5, false, Start.PLAIN, Tail.REFUSE);

        CompandedWeight weight = plain.create(store, NAME, () -> w);

        assertThat(difference(weight.v(), w)).isZero();
        double a = weight.a();
        double b = weight.b();
        assertThat(Tensors.toDoubles(weight.value())[77])
                .isCloseTo(a * Math.atan(Tensors.toDoubles(w)[77] / b), within(1e-8));
    }

    @Test
    void gradients_are_those_of_the_closed_form() {
        var learned = new WeightCompander(1, 0.5, true, Start.INVERT, Tail.CLIP);
        Tensor initial = random.normal(0.3, 20, 30).to(ScalarType.Double);
        CompandedWeight weight = learned.create(store, NAME, () -> initial);
        Tensor gradient = random.normal(1, 20, 30).to(ScalarType.Double);

        weight.value().mul(gradient).sum().backward();

        double a = weight.a();
        double b = weight.b();
        double[] v = Tensors.toDoubles(weight.v());
        double[] g = Tensors.toDoubles(gradient);
        double[] found = Tensors.toDoubles(weight.v().grad());
        double byA = 0;
        double byB = 0;
        for (int i = 0; i < v.length; i++) {
            assertThat(found[i]).isCloseTo(g[i] * (a / b) / (1 + v[i] / b * (v[i] / b)), within(1e-10));
            byA += g[i] * Math.atan(v[i] / b);
            byB -= g[i] * a * v[i] / (b * b + v[i] * v[i]);
        }
        assertThat(weight.logA().grad().item_double()).isCloseTo(a * byA, within(1e-10));
        assertThat(weight.logB().grad().item_double()).isCloseTo(b * byB, within(1e-10));
    }

    /** A step in v is a step in w times Ψ'(v)² = (a/b)²·cos⁴(w/a), up to the square of the learning rate. */
    @Test
    void halving_the_rate_quarters_what_differs_from_a_preconditioned_step() {
        double coarse = residual(1e-3);
        double fine = residual(5e-4);

        assertThat(coarse).isBetween(1e-9, 1e-3);
        assertThat(coarse / fine).isCloseTo(4, within(0.02));
    }

    private double residual(double rate) {
        try (var own = new ParameterStore();
                var again = new RandomTensors(ENGINE, 11)) {
            Tensor initial = again.normal(0.3, 20, 30).to(ScalarType.Double);
            CompandedWeight weight = WeightCompander.of(1, 0.5).create(own, NAME, () -> initial);
            Tensor g = again.normal(1, 20, 30).to(ScalarType.Double);
            Tensor before = weight.value();
            before.mul(g).sum().backward();
            try (var sgd = new Sgd(groups(own), Momentum.of(0), Decay.COUPLED)) {
                sgd.step(rate);
            }
            Tensor slope = before.detach().div(new Scalar(weight.a())).cos().pow(new Scalar(4.0));
            double square = Math.pow(weight.a() / weight.b(), 2);
            Tensor predicted = before.detach().sub(slope.mul(g).mul(new Scalar(rate * square)));
            return torch.sub(weight.value(), predicted).norm().item_double();
        }
    }

    /** β = α = 10⁴: arctan is straight there. */
    @Test
    void flat_compander_trains_as_no_compander() {
        double[] plain = losses(Reparametrization.NONE);
        double[] flat = losses(WeightCompander.of(1e4, 1e4));

        assertThat(plain[49]).isLessThan(0.8 * plain[0]);
        assertThat(flat).containsExactly(plain, within(1e-4));
        assertThat(losses(WeightCompander.of(1, 1))[49]).isNotCloseTo(plain[49], within(1e-4));
    }

    private static double[] losses(Reparametrization form) {
        double[] losses = new double[50];
        try (var own = new ParameterStore();
                var again = new RandomTensors(ENGINE, 5);
                var _ = TensorScope.open()) {
            Layer net = Linear.create(own, "a", again, form, 6, 16)
                    .then((x, phase) -> torch.relu(x))
                    .then(Linear.create(own, "b", again, form, 16, 1));
            Tensor x = again.normal(1, 64, 6);
            Tensor y = x.sum(1).relu().unsqueeze(1);
            try (var sgd = new Sgd(groups(own), Momentum.of(0.9), Decay.COUPLED)) {
                for (int step = 0; step < losses.length; step++) {
                    sgd.clearGradients();
                    Tensor loss = torch.mse_loss(net.forward(x, Phase.TRAINING), y);
                    loss.backward();
                    losses[step] = loss.item_double();
                    sgd.step(0.01);
                }
            }
        }
        return losses;
    }

    @Test
    void no_step_leaves_the_bound() {
        CompandedWeight weight = WeightCompander.of(1, 1).create(store, NAME, () -> random.normal(0.05, 30, 40));
        double bound = weight.bound();
        double largest = 0;
        try (var sgd = new Sgd(groups(store), Momentum.of(0), Decay.COUPLED)) {
            for (int step = 0; step < 1000; step++) {
                try (var _ = TensorScope.open()) {
                    sgd.clearGradients();
                    weight.value().mul(random.normal(1, 30, 40)).sum().backward();
                    sgd.step(10);
                    largest = Math.max(largest, weight.value().abs().max().item_double());
                }
            }
        }

        assertThat(largest).isBetween(0.9 * bound, bound).isLessThan(bound);
    }

    @Test
    void weights_beyond_reach_are_clipped_refused_or_fitted() {
        Tensor w = Tensors.of(new float[] {-1, -1, -1, -1, 1, 1, 1, 1, 6, -7}, 10); // deviation 3.048
        var clip = new WeightCompander(1, 1, false, Start.INVERT, Tail.CLIP);
        var refuse = new WeightCompander(1, 1, false, Start.INVERT, Tail.REFUSE);
        var fit = new WeightCompander(1, 0.5, false, Start.INVERT, Tail.FIT);

        CompandedWeight clipped = clip.create(store, NAME, () -> w);
        CompandedWeight fitted = fit.create(store, "y.weight", () -> w);

        double reach = WeightCompander.REACH * clipped.bound();
        assertThat(Tensors.toDoubles(clipped.value())).contains(new double[] {reach, -reach}, within(1e-6));
        assertThatThrownBy(() -> refuse.create(store, "z.weight", () -> w))
                .isInstanceOfSatisfying(
                        UnfitWeightException.class, e -> assertThat(e.tensor()).isEqualTo("z.weight"))
                .hasMessage(
                        "z.weight: 2 of 10 values are beyond 4.716, the largest is 7.000; alpha 1.4844 or more fits");
        var smallest = new WeightCompander(1.4844, 1, false, Start.INVERT, Tail.REFUSE);
        assertThat(difference(smallest.create(store, "z.weight", () -> w).value(), w))
                .isLessThan(1e-5);
        assertThat(difference(fitted.value(), w)).isLessThan(1e-5);
        assertThat(fitted.a()).isCloseTo(7 / 1.5, within(1e-6));
        assertThat(fitted.b()).isCloseTo(3.5 / 1.5, within(1e-6));
    }

    @Test
    void weights_without_spread_or_with_bad_values_are_refused() {
        var compander = WeightCompander.of(2, 2);

        assertThatThrownBy(() -> compander.create(store, NAME, () -> torch.zeros(3, 2)))
                .hasMessageContaining("x.weight: all values are equal");
        assertThatThrownBy(() -> compander.create(store, NAME, () -> Tensors.of(new float[] {1, Float.NaN}, 2)))
                .hasMessage("x.weight: has values that are not finite");
        assertThatThrownBy(() -> WeightCompander.of(0, 1)).hasMessageContaining("above 0");
        assertThatThrownBy(() -> WeightCompander.of(1, -1)).hasMessageContaining("above 0");
    }

    @Test
    void training_checkpoint_holds_v_and_export_holds_w() {
        var learned = new WeightCompander(2, 2, true, Start.INVERT, Tail.CLIP);
        Linear layer = Linear.create(store, "a", random, learned, 3, 2);
        BatchNorm.create(store, "b", 2);

        assertThat(store.save().keySet())
                .startsWith("a.weight.v", "a.weight.log_a", "a.weight.log_b", "a.bias", "b.weight");
        assertThat(store.parameters())
                .extracting(Parameter::name)
                .containsExactly("a.weight.v", "a.weight.log_a", "a.weight.log_b", "a.bias", "b.weight", "b.bias");
        SequencedMap<String, Tensor> exported = store.exported();
        assertThat(exported.keySet())
                .containsExactly(
                        "a.weight",
                        "a.bias",
                        "b.weight",
                        "b.bias",
                        "b.running_mean",
                        "b.running_var",
                        "b.num_batches_tracked");
        assertThat(store.weights().keySet()).containsExactly("a.weight", "a.bias", "b.weight", "b.bias");
        Tensor w = exported.firstEntry().getValue();
        assertThat(difference(w, layer.weight().value())).isZero();
        assertThat(w.requires_grad()).isFalse();
    }

    @Test
    void composed_weights_need_their_parts_and_a_free_name() {
        Tensor part = store.parameter("a.part", () -> torch.zeros(2));
        store.buffer("b", () -> torch.zeros(2));

        assertThatThrownBy(() -> store.composed("a", () -> part, List.of("a.other")))
                .hasMessage("a: there is no a.other to make it of");
        assertThatThrownBy(() -> store.composed("b", () -> part, List.of("a.part")))
                .hasMessage("b is there already");
    }

    @Test
    void fixed_scales_are_buffers() {
        Linear.create(store, "a", random, WeightCompander.of(2, 2), 3, 2);

        assertThat(store.parameters()).extracting(Parameter::name).containsExactly("a.weight.v", "a.bias");
        assertThat(store.weights().keySet()).containsExactly("a.weight", "a.bias");
    }

    @Test
    void v_is_single_precision_where_the_weight_is_of_half() {
        Tensor w = random.normal(0.05, 4, 4).to(ScalarType.BFloat16);

        CompandedWeight weight = WeightCompander.of(2, 2).create(store, NAME, () -> w);

        assertThat(weight.v().scalar_type().intern()).isEqualTo(ScalarType.Float);
        assertThat(weight.value().scalar_type().intern()).isEqualTo(ScalarType.Float);
    }

    @Test
    void moving_average_is_of_w() {
        CompandedWeight weight =
                WeightCompander.of(1, 1).create(store, NAME, () -> Tensors.of(new double[] {-1, 0, 2}, 3));
        double[] before = Tensors.toDoubles(weight.value());
        try (var average = new MovingAverage(Map.of(NAME, weight::value), 0.05)) {
            try (var _ = NoGrad.begin()) {
                weight.v().add_(new Scalar(3.0));
            }
            average.update();

            double[] after = Tensors.toDoubles(weight.value());
            double[] found = Tensors.toDoubles(average.save().firstEntry().getValue());
            for (int i = 0; i < 3; i++) {
                assertThat(found[i]).isCloseTo(0.05 * before[i] + 0.95 * after[i], within(1e-15));
            }
        }
    }

    @Test
    void names_of_parameters_lead_to_their_weight() {
        assertThat(WeightCompander.weightName("layers.0.conv.weight.v")).isEqualTo("layers.0.conv.weight");
        assertThat(WeightCompander.weightName("layers.0.conv.weight.log_b")).isEqualTo("layers.0.conv.weight");
        assertThat(WeightCompander.weightName("attention.v")).isEqualTo("attention.v");
        assertThat(WeightCompander.isScale("a.weight.log_a")).isTrue();
        assertThat(WeightCompander.isScale("a.weight.v")).isFalse();
    }

    private static List<ParameterGroup> groups(ParameterStore store) {
        return List.of(ParameterGroup.of(store.parameters(), 0));
    }

    private static double difference(Tensor found, Tensor expected) {
        return torch.sub(found.detach(), expected).abs().max().item_double();
    }
}
