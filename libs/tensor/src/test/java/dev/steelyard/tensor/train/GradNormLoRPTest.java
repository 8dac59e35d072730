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
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        return new LowRankSettings(rank, refresh, 0.25, normalize, false, false, 32, Carried.KEEP, RULE, 0);
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
        Tensor unit = w.div(RowSplit.norms(w));

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
            Tensor moved = RowSplit.joined(
                    w,
                    w.sub(split.gV().mul(new Scalar(rate))),
                    RowSplit.norms(w).sub(split.gMu().mul(new Scalar(rate))));
            rest[i] = moved.sub(w.sub(g.mul(new Scalar(rate)))).norm().item_double();
        }

        assertThat(rest[0] / rest[1]).isCloseTo(100, within(2.0));
    }

    @Test
    void row_norms_after_a_step_are_those_that_were_trained() {
        Tensor w = weight(ScalarType.Double, 6, 4);
        Tensor before = w.detach().clone();
        try (var optimizer =
                new GradNormLoRP(List.of(new Parameter("w", w)), List.of(), settings(2, 5, true), random)) {
            run(optimizer, Map.of("w", w), 0, 1, 0.01);
        }

        RowSplit split = RowSplit.of(before, gradient(before, 0));
        Tensor direction = split.gMu().div(split.gMu().abs().add(new Scalar(RULE.epsilon() / Math.sqrt(0.01))));
        Tensor expected = RowSplit.norms(before).sub(direction.mul(new Scalar(0.01)));
        assertThat(largest(RowSplit.norms(w.detach()).sub(expected))).isLessThan(1e-12);
    }

    /** The same gradient at each step, along the row: its signed norm makes Adam's steps, on through 0. */
    @Test
    void row_whose_norm_crosses_zero_goes_on_on_the_other_side() {
        double[] direction = {0.5, -0.5, 0.5, 0.5};
        Tensor unit = Tensors.of(direction, 1, 4);
        Tensor w = owner.own(unit.mul(new Scalar(0.025))).requires_grad_(true);
        double expected = 0.025;
        double m = 0;
        double v = 0;
        try (var optimizer =
                new GradNormLoRP(List.of(new Parameter("w", w)), List.of(), settings(1, 5, true), random)) {
            for (int step = 1; step <= 20; step++) {
                w.mutable_grad().put(unit.mul(new Scalar(0.2)));
                optimizer.step(0.01);
                m = RULE.beta1() * m + (1 - RULE.beta1()) * 0.2;
                v = RULE.beta2() * v + (1 - RULE.beta2()) * 0.2 * 0.2;
                double correction = Math.sqrt(1 - Math.pow(RULE.beta2(), step)) / (1 - Math.pow(RULE.beta1(), step));
                expected -= 0.01 * correction * m / (Math.sqrt(v) + RULE.epsilon());
            }
        }

        assertThat(expected).isLessThan(-0.15);
        assertThat(largest(w.detach().sub(unit.mul(new Scalar(expected))))).isLessThan(1e-9);
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
        try (var optimizer =
                new GradNormLoRP(List.of(new Parameter("w", w)), List.of(), settings(4, 1, false), random)) {
            run(optimizer, Map.of("w", w), 0, 20, 0.01);
        }

        assertThat(largest(w.detach().sub(expected))).isLessThan(1e-12);
    }

    /**
     * Twelve steps beside the figures of GaLore's authors (galore_torch 1.0, commit 2cc66f8, its AdamW with a subspace
     * of rank 2 for four steps each), run in double precision and with singular vectors whose largest entry is positive.
     */
    @ParameterizedTest
    @CsvSource({
        "9, 5, 0.395117461025198, 5.583424240631052, 0.48772111915410743, 0.4153875704392231",
        "5, 9, 0.43056421967586345, 5.59690972758709, -0.2691663966371011, -0.31706819869075786"
    })
    void without_normalization_it_is_galore(
            long rows, long columns, double sum, double squares, double one, double other) {
        Tensor ramp = torch.arange(new Scalar(rows * columns)).to(ScalarType.Double);
        Tensor w = owner.own(torch.sin(ramp.add(new Scalar(1.0)))
                        .mul(new Scalar(0.5))
                        .view(rows, columns))
                .requires_grad_(true);
        Tensor bias = owner.own(torch.cos(ramp.narrow(0, 0, 6))).requires_grad_(true);
        var how = new LowRankSettings(2, 4, 0.25, false, false, false, 32, Carried.KEEP, RULE, 0.02);
        Map<String, Tensor> weights = Map.of("w", w, "bias", bias);
        try (var optimizer = new GradNormLoRP(
                List.of(new Parameter("w", w)),
                List.of(ParameterGroup.of(List.of(new Parameter("bias", bias)), 0)),
                how,
                random)) {
            run(optimizer, weights, 0, 12, 0.01);
        }

        assertThat(w.detach().sum().item_double()).isCloseTo(sum, within(1e-12));
        assertThat(w.detach().square().sum().item_double()).isCloseTo(squares, within(1e-12));
        assertThat(w.detach().select(0, 1).select(0, 2).item_double()).isCloseTo(one, within(1e-12));
        assertThat(w.detach().select(0, 4).select(0, 0).item_double()).isCloseTo(other, within(1e-12));
        assertThat(bias.detach().select(0, 0).item_double()).isCloseTo(1.0246239571756126, within(1e-12));
    }

    /** Of a rank that the matrix has: Adam on g_μ and on G_V, written out. */
    @Test
    void full_rank_is_adam_on_norms_and_on_the_tangent() {
        Tensor w = weight(ScalarType.Double, 6, 4);
        Tensor expected = w.detach().clone();
        Tensor m = torch.zeros_like(expected);
        Tensor v = torch.zeros_like(expected);
        Tensor mMu = torch.zeros(6, 1).to(ScalarType.Double);
        Tensor vMu = torch.zeros_like(mMu);
        for (int step = 0; step < 20; step++) {
            Tensor g = gradient(expected, step);
            Tensor mu = expected.norm(new ScalarOptional(new Scalar(2.0)), new long[] {1}, true);
            Tensor unit = expected.div(mu);
            Tensor gMu = g.mul(unit).sum(new long[] {1}, true, null);
            Tensor moved = expected.clone();
            adam(moved, g.sub(gMu.mul(unit)), m, v, step + 1, 0.25 * 0.01);
            adam(mu, gMu, mMu, vMu, step + 1, 0.01);
            Tensor length = moved.norm(new ScalarOptional(new Scalar(2.0)), new long[] {1}, true);
            expected = moved.mul(mu).div(length);
        }
        try (var optimizer =
                new GradNormLoRP(List.of(new Parameter("w", w)), List.of(), settings(4, 1, true), random)) {
            run(optimizer, Map.of("w", w), 0, 20, 0.01);
        }

        assertThat(largest(w.detach().sub(expected))).isLessThan(1e-12);
    }

    /** A square projector turns a gradient, and turns it back. */
    @ParameterizedTest
    @CsvSource({"7, 5", "5, 7"})
    void subspace_of_all_dimensions_loses_nothing(long rows, long columns) {
        Parameter weight = new Parameter("w", weight(ScalarType.Double, rows, columns));
        var space = new GradientSubspace(weight, settings(5, 1, true), random, owner);
        Tensor g = gradient(weight.value(), 1);
        space.refresh(g);

        assertThat(largest(space.back(space.project(g)).sub(g))).isLessThan(1e-12);
    }

    /** Two halves of a gradient, the first of them folded, move weights as the whole does; a choice needs it whole. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void folded_parts_of_a_gradient_make_the_same_step(boolean normalize) {
        Map<String, Tensor> whole = new LinkedHashMap<>();
        Map<String, Tensor> parts = new LinkedHashMap<>();
        whole.put("tall", weight(ScalarType.Double, 12, 9));
        whole.put("wide", weight(ScalarType.Double, 6, 8));
        whole.forEach((name, w) -> parts.put(name, owner.own(w.detach().clone()).requires_grad_(true)));
        int dropped = 0;
        Map<String, Double> captured = Map.of();
        try (var one = optimizer(whole, settings(3, 4, normalize));
                var other = optimizer(parts, settings(3, 4, normalize))) {
            for (int step = 0; step < 10; step++) {
                run(one, whole, step, step + 1, 0.01);
                other.clearGradients();
                for (Map.Entry<String, Tensor> weight : parts.entrySet()) {
                    Tensor g = gradient(weight.getValue(), step);
                    weight.getValue().mutable_grad().put(g.mul(new Scalar(0.3)));
                    other.fold();
                    Tensor left = weight.getValue().grad();
                    dropped += left.defined() ? 0 : 1;
                    Tensor rest = g.mul(new Scalar(0.7));
                    weight.getValue().mutable_grad().put(left.defined() ? left.add(rest) : rest);
                }
                other.step(0.01);
                if (step % 4 == 0) {
                    captured = one.captured(); // of the whole gradient; the parts between say nothing of it
                }
                Map<String, Double> expected = captured;
                assertThat(other.captured())
                        .allSatisfy((name, share) ->
                                assertThat(share).isCloseTo(expected.getOrDefault(name, -1.0), within(1e-9)));
            }
        }

        assertThat(dropped).isEqualTo(2 * 7);
        whole.forEach((name, w) -> assertThat(largest(get(parts, name).detach().sub(w.detach())))
                .as(name)
                .isLessThan(1e-10));
    }

    @Test
    void state_of_another_rank_or_interval_is_refused() {
        Map<String, Tensor> weights = weights();
        try (var optimizer = optimizer(weights, settings(40, 4, true));
                var rank = optimizer(weights, settings(41, 4, true));
                var interval = optimizer(weights, settings(40, 5, true))) {
            Map<String, Tensor> state = optimizer.state();
            String refusal = "the state is of rank 40 with a new subspace every 4 steps; expected rank %d and %d steps";

            assertThatThrownBy(() -> rank.restore(state)).hasMessage(refusal.formatted(41, 4));
            assertThatThrownBy(() -> interval.restore(state)).hasMessage(refusal.formatted(40, 5));
        }
    }

    @Test
    void weight_that_is_there_twice_is_refused() {
        Parameter w = new Parameter("w", weight(ScalarType.Float, 6, 4));
        assertThatThrownBy(() -> new GradNormLoRP(
                        List.of(w), List.of(ParameterGroup.of(List.of(w), 0)), settings(2, 5, true), random))
                .hasMessage("w is there twice");
    }

    @Test
    void moments_that_are_reset_are_corrected_from_there_on() {
        var rule = new AdamMoments(0.9, 0.999, 1e-12, false);
        var how = new LowRankSettings(1, 5, 1, false, false, false, 32, Carried.RESET, rule, 0);
        Tensor w = weight(ScalarType.Float, 6, 4);
        Tensor g = torch.ones(6, 4);
        Tensor before = w.detach().clone();
        try (var optimizer = new GradNormLoRP(List.of(new Parameter("w", w)), List.of(), how, random)) {
            double first = 0;
            for (int step = 1; step <= 12; step++) {
                w.mutable_grad().put(g);
                optimizer.step(0.01);
                double moved = before.sub(w.detach()).norm().item_double();
                first = step == 1 ? moved : first;
                assertThat(moved / step).as("step %d".formatted(step)).isCloseTo(first, within(1e-4));
            }
            assertThat(first).isGreaterThan(0.01);
        }
    }

    private static void adam(Tensor w, Tensor g, Tensor m, Tensor v, int t, double rate) {
        m.mul_(new Scalar(0.9)).add_(g, new Scalar(0.1));
        v.mul_(new Scalar(0.99)).add_(g.mul(g), new Scalar(0.01));
        double correction = Math.sqrt(1 - Math.pow(0.99, t)) / (1 - Math.pow(0.9, t));
        w.sub_(m.div(v.sqrt().add(new Scalar(1e-6))).mul(new Scalar(rate * correction)));
    }

    @ParameterizedTest
    @CsvSource({
        "8, true, false, KEEP",
        "8, false, false, RESET",
        "32, false, false, ROTATE",
        "8, true, false, ROTATE",
        "8, true, true, KEEP"
    })
    void resumed_across_a_choice_of_subspace_it_ends_with_the_same_bits(
            int bits, boolean half, boolean randomized, Carried carried) {
        var how = new LowRankSettings(40, 4, 0.25, true, half, randomized, bits, carried, RULE, 0.01);
        Map<String, Tensor> straight = weights();
        Map<String, Tensor> resumed = new LinkedHashMap<>();
        straight.forEach(
                (name, w) -> resumed.put(name, owner.own(w.detach().clone()).requires_grad_(true)));
        Tensor fresh = random.state();
        try (var optimizer = optimizer(straight, how)) {
            run(optimizer, straight, 0, 10, 0.01);
        }
        random.restore(fresh);
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

    private GradNormLoRP optimizer(Map<String, Tensor> weights, LowRankSettings how) {
        List<Parameter> targets = new ArrayList<>();
        List<Parameter> others = new ArrayList<>();
        weights.forEach((name, w) ->
                (name.equals("tall") || name.equals("wide") ? targets : others).add(new Parameter(name, w)));
        return new GradNormLoRP(targets, List.of(ParameterGroup.of(others, 0.01)), how, random);
    }

    @Test
    void projector_is_orthonormal_and_holds_the_most_energy() {
        Map<String, Tensor> weights = weights();
        try (var optimizer =
                optimizer(weights, new LowRankSettings(40, 4, 0.25, true, false, false, 32, Carried.KEEP, RULE, 0))) {
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
        var how = new LowRankSettings(128, 4, 0.25, true, true, false, 8, Carried.KEEP, RULE, 0);
        try (var optimizer = new GradNormLoRP(List.of(new Parameter("w", w)), List.of(), how, random)) {
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
        try (var optimizer =
                        new GradNormLoRP(List.of(new Parameter("q_proj", w)), List.of(), settings(2, 5, true), random);
                var _ = NoGrad.begin()) {
            w.mutable_grad().put(torch.full(new long[] {6, 4}, new Scalar(Double.NaN)));

            assertThatThrownBy(() -> optimizer.step(0.01)).hasMessage("q_proj: its gradient is not finite");
        }
    }

    @Test
    void row_of_zeros_begins_to_move() {
        Tensor w = owner.own(torch.zeros(6, 4)).requires_grad_(true);
        try (var optimizer =
                new GradNormLoRP(List.of(new Parameter("w", w)), List.of(), settings(2, 5, true), random)) {
            run(optimizer, Map.of("w", w), 1, 3, 0.01);
        }

        assertThat(largest(w.detach())).isGreaterThan(1e-3).isFinite();
    }

    private static double largest(Tensor x) {
        return x.abs().max().item_double();
    }
}
