package dev.steelyard.tensor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.RandomTensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchChannelNormTest {
    private static final Torch ENGINE = Torch.start(2);
    private static final int CHANNELS = 8;
    private static final int GROUPS = 4;

    private final ParameterStore store = new ParameterStore();
    private final RandomTensors random = new RandomTensors(ENGINE, 7);
    private final Estimates estimates = new Estimates();
    private final List<String> warnings = new ArrayList<>();
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

    @Test
    void training_and_evaluation_agree_bit_for_bit_while_nothing_is_estimated() {
        Layer layer = estimated();
        estimates.rate(0.3);
        layer.forward(images(3), Phase.TRAINING);
        estimates.rate(0);
        Tensor x = images(2);

        float[] training = Tensors.toFloats(layer.forward(x, Phase.TRAINING));

        assertThat(training).isEqualTo(Tensors.toFloats(layer.forward(x, Phase.EVALUATION)));
    }

    @Test
    void nothing_is_estimated_until_a_rate_is_set() {
        Layer layer = estimated();

        layer.forward(images(2), Phase.TRAINING);

        assertThat(buffer("running_mean")).containsOnly(0);
        assertThat(buffer("running_var")).containsOnly(1);
        assertThat(buffer("estbn_moving_speed")).containsExactly(0);
    }

    /** μ̂_k = Σ(1−ρ)^(k−j) ρ b_j, and σ̂² alike from deviations from the estimate before, over its start of 1. */
    @Test
    void estimates_after_some_batches_are_the_weighted_sums_of_theirs() {
        Layer layer = estimated();
        double rho = 0.1;
        estimates.rate(rho);
        int batches = 25;
        double[] mean = new double[CHANNELS];
        double[] variance = new double[CHANNELS];
        for (int j = 1; j <= batches; j++) {
            Tensor x = images(2).add(new Scalar(3.0));
            double[] before = mean.clone();
            layer.forward(x, Phase.TRAINING);
            double share = Math.pow(1 - rho, batches - j) * rho;
            addTo(mean, variance, x, rho, before, share);
        }
        for (int c = 0; c < CHANNELS; c++) {
            variance[c] += Math.pow(1 - rho, batches);
        }

        assertThat(buffer("running_mean")).containsExactly(floats(mean), within(1e-5f));
        assertThat(buffer("running_var")).containsExactly(floats(variance), within(2e-5f));
    }

    /** {@code mean} moves by recursion, which the deviations need; {@code variance} by the closed form. */
    private static void addTo(double[] mean, double[] variance, Tensor x, double rho, double[] before, double share) {
        double[] values = Tensors.toDoubles(x.transpose(0, 1).contiguous());
        int n = values.length / CHANNELS;
        for (int c = 0; c < CHANNELS; c++) {
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < n; i++) {
                double value = values[c * n + i];
                sum += value;
                squares += (value - before[c]) * (value - before[c]);
            }
            mean[c] = (1 - rho) * before[c] + rho * sum / n;
            variance[c] += share * squares / n;
        }
    }

    @Test
    void one_pass_over_memory_moves_estimates_as_operations_do() {
        Tensor x = random.normal(2, 3, CHANNELS, 70, 61).add(new Scalar(1.5));
        EstimatedBatchNorm fused = EstimatedBatchNorm.create(store, "a", CHANNELS, estimates);
        EstimatedBatchNorm plain = EstimatedBatchNorm.create(store, "b", CHANNELS, estimates);
        estimates.rate(0.25);

        fused.forward(x, Phase.TRAINING);
        try (var _ = NoGrad.begin()) {
            plain.moveByOperations(x, 0.25);
        }

        assertThat(ChannelSums.fits(x)).isTrue();
        for (String name : List.of(".running_mean", ".running_var")) {
            float[] expected = Tensors.toFloats(stored("b" + name));
            assertThat(Tensors.toFloats(stored("a" + name))).containsExactly(expected, within(1e-5f));
        }
    }

    @Test
    void gradients_do_not_flow_through_estimates() {
        EstimatedBatchNorm layer = EstimatedBatchNorm.create(store, "norm", 2, estimates);
        estimates.rate(0.5);
        Tensor x = random.normal(1, 2, 2, 3, 3).requires_grad_(true);

        layer.forward(x, Phase.TRAINING).sum().backward();

        float[] variance = buffer("running_var");
        float[] gradient = Tensors.toFloats(x.grad());
        for (int i = 0; i < gradient.length; i++) {
            float constant = (float) (1 / Math.sqrt(variance[i / 9 % 2] + 1e-5));
            assertThat(gradient[i]).isCloseTo(constant, within(1e-6f));
        }
    }

    @Test
    void a_pass_gives_the_statistics_of_all_it_saw() {
        EstimatedBatchNorm.create(store, "norm", CHANNELS, estimates);
        Layer layer = EstimatedBatchNorm.create(store, "other", CHANNELS, estimates);
        Tensor first = images(5).add(new Scalar(2.0));
        Tensor second = images(3).mul(new Scalar(1.7));
        Tensor both = torch.cat(new TensorVector(first, second), 0);

        estimates.beginPass();
        layer.forward(first, Phase.TRAINING);
        layer.forward(second, Phase.TRAINING);
        estimates.endPass();

        double[] mean = Tensors.toDoubles(both.mean(0, 2, 3));
        assertThat(Tensors.toDoubles(stored("other.running_mean"))).containsExactly(mean, within(1e-6));
        double[] variance = Tensors.toDoubles(torch.var(both, new long[] {0, 2, 3}, false));
        assertThat(Tensors.toDoubles(stored("other.running_var"))).containsExactly(variance, within(1e-5));
    }

    @Test
    void second_step_normalizes_groups_and_scales_them_as_one() {
        Layer layer = estimated();
        Tensor x = images(2);
        try (var _ = NoGrad.begin()) {
            for (Parameter parameter : store.parameters()) {
                parameter.value().copy_(random.uniform(1, Shapes.of(parameter.value())));
            }
            stored("norm.bn.running_mean").copy_(random.uniform(1, CHANNELS));
        }

        double[] found = Tensors.toDoubles(layer.forward(x, Phase.TRAINING));

        double[] expected = reference(Tensors.toDoubles(x), 6 * 6);
        assertThat(found).containsExactly(expected, within(2e-5));
    }

    /** Both steps in double, with the parameters that the store has. */
    private double[] reference(double[] x, int pixels) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int c = i / pixels % CHANNELS;
            double z = (x[i] - value("bn.running_mean", c)) / Math.sqrt(value("bn.running_var", c) + 1e-5);
            y[i] = value("bn.weight", c) * z + value("bn.bias", c);
        }
        int size = CHANNELS / GROUPS * pixels;
        double[] out = new double[x.length];
        for (int from = 0; from < y.length; from += size) {
            int group = from / size % GROUPS;
            double mean = 0;
            double squares = 0;
            for (int i = from; i < from + size; i++) {
                mean += y[i] / size;
            }
            for (int i = from; i < from + size; i++) {
                squares += (y[i] - mean) * (y[i] - mean) / size;
            }
            for (int i = from; i < from + size; i++) {
                out[i] = value("weight", group) * (y[i] - mean) / Math.sqrt(squares + 1e-5) + value("bias", group);
            }
        }
        return out;
    }

    private double value(String name, int index) {
        return Tensors.toDoubles(stored("norm." + name))[index];
    }

    @Test
    void parameters_carry_the_names_and_shapes_of_the_authors() {
        estimated();
        BatchChannelNorm.of(grouping(false)).create(store, "large", CHANNELS);

        assertThat(store.save().keySet())
                .contains("norm.weight", "norm.bias", "norm.bn.weight", "norm.bn.running_var")
                .contains("norm.bn.estbn_moving_speed", "large.bn.num_batches_tracked");
        assertThat(Shapes.of(stored("norm.weight"))).containsExactly(1, GROUPS, 1);
        assertThat(Shapes.of(stored("norm.bn.weight"))).containsExactly(CHANNELS);
    }

    @Test
    void large_batches_have_statistics_of_their_own_in_the_first_step() {
        Layer layer = BatchChannelNorm.of(grouping(false)).create(store, "norm", CHANNELS);
        Layer same = GroupNorm.of(grouping(false)).create(store, "group", CHANNELS);
        Tensor x = images(6);
        Tensor normalized = torch.batch_norm(
                x,
                new TensorOptional(),
                new TensorOptional(),
                new TensorOptional(),
                new TensorOptional(),
                true,
                0.1,
                1e-5,
                false);

        Tensor found = layer.forward(x, Phase.TRAINING);

        Tensor expected = same.forward(normalized, Phase.TRAINING);
        assertThat(found.sub(expected).abs().max().item_double()).isLessThan(1e-5);
    }

    /** Groups of one sample know nothing of the batch: that is what makes batches of one possible. */
    @Test
    void eight_single_images_give_the_gradient_of_a_batch_of_eight() {
        var form = new WeightStandardization(WeightStandardization.Variant.UNBIASED_OUTSIDE, 1e-5);
        Layer net = Convolution.create(store, "conv", random, form, 2, CHANNELS, 3, 1)
                .then(GroupNorm.of(grouping(false)).create(store, "norm", CHANNELS))
                .then((x, _) -> torch.relu(x).mean(2, 3))
                .then(Linear.create(store, "out", random, CHANNELS, 3));
        Tensor x = random.normal(1, 8, 2, 6, 6);
        long[] labels = {0, 1, 2, 0, 1, 2, 1, 1};

        torch.cross_entropy_loss(net.forward(x, Phase.TRAINING), Tensors.of(labels, 8))
                .backward();
        Map<String, Tensor> whole = gradients();
        for (Parameter parameter : store.parameters()) {
            parameter.value().mutable_grad().reset();
        }
        for (int i = 0; i < 8; i++) {
            torch.cross_entropy_loss(
                            net.forward(x.narrow(0, i, 1), Phase.TRAINING), Tensors.of(new long[] {labels[i]}, 1))
                    .div(new Scalar(8.0))
                    .backward();
        }

        gradients()
                .forEach((name, gradient) -> assertThat(
                                gradient.sub(whole.get(name)).abs().max().item_double())
                        .as(name)
                        .isLessThan(1e-6));
    }

    private Map<String, Tensor> gradients() {
        return store.parameters().stream()
                .collect(Collectors.toMap(
                        Parameter::name, parameter -> parameter.value().grad().clone()));
    }

    @Test
    void groups_that_do_not_divide_fall_back_with_a_warning_or_are_refused() {
        var wanted = new Grouping(32, false, warnings::add);

        assertThat(Stream.of(64, 16, 48, 7).map(c -> wanted.of("layers.0.norm", c)))
                .containsExactly(32, 16, 24, 7);
        assertThat(warnings)
                .containsExactly(
                        "warning: layers.0.norm: 16 channels in 16 groups instead of 32",
                        "warning: layers.0.norm: 48 channels in 24 groups instead of 32",
                        "warning: layers.0.norm: 7 channels in 7 groups instead of 32");
        assertThatThrownBy(() -> new Grouping(32, true, warnings::add).of("layers.3.norm", 48))
                .hasMessage("layers.3.norm: 48 channels are not divided by 32 groups");
    }

    private Tensor stored(String name) {
        return Objects.requireNonNull(store.save().get(name), name);
    }

    private Layer estimated() {
        return BatchChannelNorm.estimated(grouping(false), estimates).create(store, "norm", CHANNELS);
    }

    private Grouping grouping(boolean forced) {
        return new Grouping(GROUPS, forced, warnings::add);
    }

    private Tensor images(int count) {
        return random.normal(1, count, CHANNELS, 6, 6);
    }

    private float[] buffer(String name) {
        return Tensors.toFloats(store.save().entrySet().stream()
                .filter(entry -> entry.getKey().endsWith(name))
                .findFirst()
                .orElseThrow()
                .getValue());
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
