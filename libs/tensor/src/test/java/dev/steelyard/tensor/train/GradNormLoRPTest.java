package dev.steelyard.tensor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.train.LowRankSettings.Carried;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GradNormLoRPTest {
    private static final Torch ENGINE = Torch.start(2);
    private static final AdamMoments RULE = new AdamMoments(0.9, 0.99, 1e-6, false);

    private final TensorOwner owner = new TensorOwner();
    private final RandomTensors random = new RandomTensors(ENGINE, 5);
    private final TensorScope scope = TensorScope.open();

    @AfterEach
    void closeAll() {
        scope.close();
        random.close();
        owner.close();
    }

    private static LowRankSettings settings(int rank, int refresh, boolean normalize) {
        return new LowRankSettings(rank, refresh, 0.25, normalize, false, 32, Carried.KEEP, RULE, 0);
    }

    private Tensor weight(ScalarType type, long... shape) {
        return owner.own(random.normal(0.5, shape).to(type)).requires_grad_(true);
    }

    private Tensor gradient(Tensor w, int step) {
        return torch.sin(w.detach().mul(new Scalar(3.0)).add(new Scalar(0.7 * step)));
    }

    private void run(Optimizer optimizer, Map<String, Tensor> weights, int from, int to, double rate) {
        for (int step = from; step < to; step++) {
            for (Tensor w : weights.values()) {
                w.mutable_grad().put(gradient(w, step));
            }
            optimizer.step(rate);
        }
    }

    @Test
    void gradient_parts_add_up_and_the_directions_part_is_orthogonal_to_the_weight() {
        Tensor w = weight(ScalarType.Double, 7, 5).detach();
        Tensor g = gradient(w, 1);
        RowSplit split = RowSplit.of(w, g);
        Tensor unit = w.div(split.mu());

        assertThat(largest(split.gV().mul(unit).sum(new long[] {1}, true, null)))
                .isLessThan(1e-12);
        assertThat(largest(split.gMu().mul(unit).add(split.gV()).sub(g))).isLessThan(1e-15);
    }

    /** A small step of both parts is a step of gradient descent; a tenth of the step leaves a hundredth of the rest. */
    @Test
    void descent_of_both_parts_is_descent_of_the_weight_to_first_order() {
        Tensor w = weight(ScalarType.Double, 7, 5).detach();
        Tensor g = gradient(w, 1);
        double[] rest = new double[2];
        for (int i = 0; i < 2; i++) {
            double rate = i == 0 ? 1e-3 : 1e-4;
            RowSplit split = RowSplit.of(w, g);
            Tensor moved = split.joined(
                    w.sub(split.gV().mul(new Scalar(rate))), split.gMu().mul(new Scalar(rate)));
            rest[i] = moved.sub(w.sub(g.mul(new Scalar(rate)))).norm().item_double();
        }

        assertThat(rest[0] / rest[1]).isCloseTo(100, within(2.0));
    }

    @Test
    void row_norms_after_a_step_are_those_that_were_trained() {
        Tensor w = weight(ScalarType.Double, 6, 4);
        Tensor before = w.detach().clone();
        try (var optimizer = new GradNormLoRP(List.of(new Parameter("w", w)), List.of(), settings(2, 5, true))) {
            run(optimizer, Map.of("w", w), 0, 1, 0.01);
        }

        RowSplit split = RowSplit.of(before, gradient(before, 0));
        Tensor direction = split.gMu().div(split.gMu().abs().add(new Scalar(RULE.epsilon() / Math.sqrt(0.01))));
        Tensor expected = split.mu().sub(direction.mul(new Scalar(0.01)));
        assertThat(largest(RowSplit.norms(w.detach()).sub(expected))).isLessThan(1e-12);
    }

    @Test
    void full_rank_without_normalization_is_adam() {
        Tensor w = weight(ScalarType.Double, 6, 4);
        Tensor expected = w.detach().clone();
        Tensor m = torch.zeros_like(expected);
        Tensor v = torch.zeros_like(expected);
        for (int step = 0; step < 20; step++) {
            adam(expected, gradient(expected, step), m, v, step + 1, 0.25 * 0.01);
        }
        try (var optimizer = new GradNormLoRP(List.of(new Parameter("w", w)), List.of(), settings(4, 1, false))) {
            run(optimizer, Map.of("w", w), 0, 20, 0.01);
        }

        assertThat(largest(w.detach().sub(expected))).isLessThan(1e-12);
    }

    /** GaLore written out, on both sides: the subspace of the current gradient every T steps, Adam in it, back. */
    @ParameterizedTest
    @CsvSource({"9, 5", "5, 9"})
    void without_normalization_it_is_galore(long rows, long columns) {
        Tensor w = weight(ScalarType.Double, rows, columns);
        Tensor expected = w.detach().clone();
        boolean right = rows >= columns;
        Tensor m = torch.zeros(right ? rows : 2, right ? 2 : columns).to(ScalarType.Double);
        Tensor v = torch.zeros_like(m);
        Tensor p = torch.zeros(0);
        for (int step = 0; step < 12; step++) {
            Tensor g = gradient(expected, step);
            if (step % 4 == 0) {
                var svd = torch.linalg_svd(g, false, new StringViewOptional());
                p = right ? svd.get2().narrow(0, 0, 2).t() : svd.get0().narrow(1, 0, 2); // [side, 2]
                for (int i = 0; i < 2; i++) {
                    Tensor vector = p.select(1, i);
                    double sign = Math.signum(
                            vector.max().item_double() + vector.min().item_double());
                    vector.mul_(new Scalar(sign));
                }
            }
            Tensor moved = torch.zeros_like(m);
            adam(moved, right ? torch.mm(g, p) : torch.mm(p.t(), g), m, v, step + 1, 0.25 * 0.01);
            expected.add_(right ? torch.mm(moved, p.t()) : torch.mm(p, moved));
        }
        try (var optimizer = new GradNormLoRP(List.of(new Parameter("w", w)), List.of(), settings(2, 4, false))) {
            run(optimizer, Map.of("w", w), 0, 12, 0.01);
        }

        assertThat(largest(w.detach().sub(expected))).isLessThan(1e-12);
    }

    private static void adam(Tensor w, Tensor g, Tensor m, Tensor v, int t, double rate) {
        m.mul_(new Scalar(0.9)).add_(g, new Scalar(0.1));
        v.mul_(new Scalar(0.99)).add_(g.mul(g), new Scalar(0.01));
        double correction = Math.sqrt(1 - Math.pow(0.99, t)) / (1 - Math.pow(0.9, t));
        w.sub_(m.div(v.sqrt().add(new Scalar(1e-6))).mul(new Scalar(rate * correction)));
    }

    @ParameterizedTest
    @CsvSource({"8, true, KEEP", "8, false, RESET", "32, false, ROTATE", "8, true, ROTATE"})
    void resumed_across_a_choice_of_subspace_it_ends_with_the_same_bits(int bits, boolean half, Carried carried) {
        var how = new LowRankSettings(40, 4, 0.25, true, half, bits, carried, RULE, 0.01);
        Map<String, Tensor> straight = weights();
        Map<String, Tensor> resumed = new LinkedHashMap<>();
        straight.forEach(
                (name, w) -> resumed.put(name, owner.own(w.detach().clone()).requires_grad_(true)));
        try (var optimizer = optimizer(straight, how)) {
            run(optimizer, straight, 0, 10, 0.01);
        }
        Map<String, Tensor> saved = new LinkedHashMap<>();
        try (var optimizer = optimizer(resumed, how)) {
            run(optimizer, resumed, 0, 3, 0.01);
            optimizer.state().forEach((name, tensor) -> saved.put(name, tensor.clone()));
        }
        try (var optimizer = optimizer(resumed, how)) {
            optimizer.restore(saved);
            run(optimizer, resumed, 3, 10, 0.01);
        }

        straight.forEach((name, w) ->
                assertThat(Tensors.toFloats(get(resumed, name))).as(name).isEqualTo(Tensors.toFloats(w)));
    }

    private static Tensor get(Map<String, Tensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name));
    }

    private Map<String, Tensor> weights() {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        weights.put("tall", weight(ScalarType.Float, 120, 90));
        weights.put("wide", weight(ScalarType.Float, 64, 128));
        weights.put("table", weight(ScalarType.Float, 80, 64));
        weights.put("bias", weight(ScalarType.Float, 50));
        return weights;
    }

    private static GradNormLoRP optimizer(Map<String, Tensor> weights, LowRankSettings how) {
        List<Parameter> targets = new ArrayList<>();
        List<Parameter> others = new ArrayList<>();
        weights.forEach((name, w) ->
                (name.equals("tall") || name.equals("wide") ? targets : others).add(new Parameter(name, w)));
        return new GradNormLoRP(targets, List.of(ParameterGroup.of(others, 0.01)), how);
    }

    @Test
    void projector_is_orthonormal_and_holds_the_most_energy() {
        Map<String, Tensor> weights = weights();
        try (var optimizer =
                optimizer(weights, new LowRankSettings(40, 4, 0.25, true, false, 32, Carried.KEEP, RULE, 0))) {
            run(optimizer, weights, 0, 5, 0.01);
            Tensor q = optimizer.projector("tall").orElseThrow(); // [40, 90]
            Tensor p = optimizer.projector("wide").orElseThrow(); // [64, 40]

            assertThat(largest(torch.mm(q, q.t()).sub(torch.eye(40)))).isLessThan(1e-6);
            assertThat(largest(torch.mm(p.t(), p).sub(torch.eye(40)))).isLessThan(1e-6);
            assertThat(optimizer.captured())
                    .allSatisfy((_, share) -> assertThat(share).isBetween(40.0 / 90, 1.0));
            assertThat(optimizer.overlaps())
                    .allSatisfy((_, share) -> assertThat(share).isBetween(0.2, 1.00001));
        }
    }

    @Test
    void eight_bits_and_a_half_projector_take_a_seventh_of_adams_state_or_less() {
        Tensor w = weight(ScalarType.Float, 512, 512);
        var how = new LowRankSettings(128, 4, 0.25, true, true, 8, Carried.KEEP, RULE, 0);
        try (var optimizer = new GradNormLoRP(List.of(new Parameter("w", w)), List.of(), how)) {
            var ledger = optimizer.ledger();

            assertThat(ledger.moments()).isEqualTo(2L * 512 * 128 + 8L * 512 * 128 / 256);
            assertThat(ledger.projectors()).isEqualTo(2L * 512 * 128);
            assertThat(ledger.magnitudes()).isEqualTo(8L * 512);
            assertThat(optimizer.stateBytes()).isLessThan(8L * 512 * 512 * 15 / 100);
        }
    }

    @Test
    void gradient_that_is_not_finite_names_its_weight() {
        Tensor w = weight(ScalarType.Float, 6, 4);
        try (var optimizer = new GradNormLoRP(List.of(new Parameter("q_proj", w)), List.of(), settings(2, 5, true));
                var _ = NoGrad.begin()) {
            w.mutable_grad().put(torch.full(new long[] {6, 4}, new Scalar(Double.NaN)));

            assertThatThrownBy(() -> optimizer.step(0.01)).hasMessage("q_proj: its gradient is not finite");
        }
    }

    @Test
    void row_of_zeros_begins_to_move() {
        Tensor w = owner.own(torch.zeros(6, 4)).requires_grad_(true);
        try (var optimizer = new GradNormLoRP(List.of(new Parameter("w", w)), List.of(), settings(2, 5, true))) {
            run(optimizer, Map.of("w", w), 1, 3, 0.01);
        }

        assertThat(largest(w.detach())).isGreaterThan(1e-3).isFinite();
    }

    private static double largest(Tensor x) {
        return x.abs().max().item_double();
    }
}
