package dev.steelyard.tensor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProjectionTest {
    private static final int ROWS = 3;
    private static final int COLUMNS = 5;

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(11);
    private TensorScope scope = TensorScope.open();

    @BeforeAll
    static void startTorch() {
        Torch.start(2);
    }

    @BeforeEach
    void openScope() {
        scope.close();
        scope = TensorScope.open();
    }

    @AfterEach
    void closeScope() {
        scope.close();
    }

    @Test
    void projected_update_is_orthogonal_to_each_row() {
        double[] w = normal();
        double[] g = orthogonal(w, normal());
        Tensor u = matrix(normal());

        var view = Projection.defaults().apply(matrix(w), matrix(g), u);

        assertThat(view).isEqualTo(ProjectionView.CHANNEL);
        double[] projected = Tensors.toDoubles(u);
        for (int i = 0; i < ROWS; i++) {
            // ε in the norm leaves ε‖u‖ of the radial part behind
            double left = dot(w, projected, i) / Math.sqrt(dot(w, w, i));
            assertThat(left).isCloseTo(0, within(1e-12 + 3e-8 * Math.sqrt(dot(projected, projected, i))));
        }
    }

    @Test
    void one_radial_row_sends_the_whole_tensor_to_the_layer_view() {
        double[] w = normal();
        double[] g = orthogonal(w, normal());
        // rows 0 and 1 leave their sphere in a way that cancels over the whole tensor
        double ratio = dot(w, w, 0) / dot(w, w, 1);
        for (int j = 0; j < COLUMNS; j++) {
            g[j] += w[j];
            g[COLUMNS + j] -= w[COLUMNS + j] * ratio;
        }
        double[] update = normal();
        Tensor u = matrix(update);

        assertThat(Projection.defaults().apply(matrix(w), matrix(g), u)).isEqualTo(ProjectionView.LAYER);

        double[] projected = Tensors.toDoubles(u);
        assertThat(whole(w, projected)).isCloseTo(0, within(1e-6));
        assertThat(Math.abs(dot(w, projected, 2))).isGreaterThan(1e-3);
    }

    @Test
    void radial_gradient_leaves_the_update_as_it_is() {
        double[] w = normal();
        double[] update = normal();
        Tensor u = matrix(update);

        assertThat(Projection.defaults().apply(matrix(w), matrix(w), u)).isEqualTo(ProjectionView.NONE);

        assertThat(Tensors.toDoubles(u)).containsExactly(update);
    }

    @Test
    void zero_rows_pass_the_test_and_stay_finite() {
        double[] update = normal();
        Tensor u = matrix(update);

        assertThat(Projection.defaults().apply(matrix(new double[ROWS * COLUMNS]), matrix(normal()), u))
                .isEqualTo(ProjectionView.CHANNEL);

        assertThat(Tensors.toDoubles(u)).containsExactly(update);
    }

    @Test
    void weight_in_another_layout_is_projected_alike() {
        double[] w = normal();
        double[] g = orthogonal(w, normal());
        double[] update = normal();
        Tensor plain = matrix(update);
        Tensor strided = matrix(update).t().contiguous().t();

        Projection.defaults().apply(matrix(w), matrix(g), plain);
        Projection.defaults().apply(matrix(w).t().contiguous().t(), matrix(g), strided);

        assertThat(strided.is_contiguous()).isFalse();
        assertThat(Tensors.toDoubles(strided)).containsExactly(Tensors.toDoubles(plain));
    }

    @Test
    void vectors_are_never_projected() {
        Tensor w = Tensors.of(new double[] {1, 0}, 2);
        Tensor g = Tensors.of(new double[] {0, 1}, 2);
        Tensor u = Tensors.of(new double[] {1, 1}, 2);

        assertThat(Projection.defaults().apply(w, g, u)).isEqualTo(ProjectionView.NONE);
        assertThat(Tensors.toDoubles(u)).containsExactly(1, 1);
    }

    @ParameterizedTest
    @EnumSource(
            value = ScalarType.class,
            names = {"Float", "Double"})
    void adamp_without_threshold_is_adamw_bit_for_bit(ScalarType type) {
        var moments = AdamMoments.defaults();
        var off = new Projection(0, 0.1, 1e-8);

        assertThat(train(type, groups -> new AdamP(groups, moments, off)))
                .containsExactly(train(type, groups -> new Adam(groups, moments, Decay.DECOUPLED)));
    }

    @ParameterizedTest
    @EnumSource(
            value = ScalarType.class,
            names = {"Float", "Double"})
    void sgdp_without_threshold_is_sgd_bit_for_bit(ScalarType type) {
        var off = new Projection(0, 0.1, 1e-8);

        // decay is divided by 1 − 0.5, a power of two: the same bits from half of it
        assertThat(train(type, 0.01, groups -> new SgdP(groups, Momentum.of(0.5), off)))
                .containsExactly(train(type, 0.02, groups -> new Sgd(groups, Momentum.of(0.5), Decay.DECOUPLED)));
    }

    @Test
    void projection_changes_what_adamp_does() {
        assertThat(train(ScalarType.Double, g -> new AdamP(g, AdamMoments.defaults(), Projection.defaults())))
                .isNotEqualTo(train(ScalarType.Double, g -> new Adam(g, AdamMoments.defaults(), Decay.DECOUPLED)));
    }

    @Test
    void thresholds_out_of_range_are_refused() {
        assertThatThrownBy(() -> new Projection(1.5, 0.1, 1e-8)).hasMessageContaining("found 1.5, 0.1");
        assertThatThrownBy(() -> new SgdP(List.of(), new Momentum(0, 0, true), Projection.defaults()))
                .hasMessageContaining("nesterov needs a momentum");
    }

    private interface Choice {
        Optimizer of(List<ParameterGroup> groups);
    }

    private double[] train(ScalarType type, Choice choice) {
        return train(type, 0.01, choice);
    }

    /** Forty steps of gradients orthogonal to each row. */
    private double[] train(ScalarType type, double decay, Choice choice) {
        RandomGenerator gradients =
                RandomGeneratorFactory.of("L64X128MixRandom").create(3);
        try (var owner = new TensorOwner()) {
            Tensor w = owner.own(matrix(normal(gradients)).to(type).set_requires_grad(true));
            try (Optimizer optimizer = choice.of(List.of(ParameterGroup.of(List.of(new Parameter("w", w)), decay)))) {
                for (int t = 0; t < 40; t++) {
                    double[] g = orthogonal(Tensors.toDoubles(w), normal(gradients));
                    w.mutable_grad().put(matrix(g).to(type));
                    optimizer.step(0.05);
                }
            }
            return Tensors.toDoubles(w);
        }
    }

    private double[] normal() {
        return normal(random);
    }

    private static double[] normal(RandomGenerator random) {
        return random.doubles(ROWS * COLUMNS, -1, 1).toArray();
    }

    private static Tensor matrix(double[] values) {
        return Tensors.of(values, ROWS, COLUMNS);
    }

    /** g less its part along w, row by row. */
    private static double[] orthogonal(double[] w, double[] g) {
        double[] result = g.clone();
        for (int i = 0; i < ROWS; i++) {
            double along = dot(w, g, i) / dot(w, w, i);
            for (int j = 0; j < COLUMNS; j++) {
                result[i * COLUMNS + j] -= along * w[i * COLUMNS + j];
            }
        }
        return result;
    }

    private static double dot(double[] a, double[] b, int row) {
        double sum = 0;
        for (int j = row * COLUMNS; j < (row + 1) * COLUMNS; j++) {
            sum += a[j] * b[j];
        }
        return sum;
    }

    private static double whole(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < ROWS; i++) {
            sum += dot(a, b, i);
        }
        return sum;
    }
}
