package dev.steelyard.incremental.gacil;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.train.Parameter;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ConsolidationTest {
    private static final double[][] ANCHORS = {{1, -2, 0.5}, {3, 0, 0.5}, {-1, 4, 2}};
    private static final double[][] GRADIENTS = {{2, 0, 0}, {1, 3, 0}, {0, 0.5, 0}};
    private static final double[] NOW = {0.25, 7, -3};
    private static final double STRENGTH = 10;

    @BeforeAll
    static void start() {
        var _ = Torch.start(2);
    }

    /** F is the square of the one gradient, so the penalty's gradient is λ Σ g²(θ − θ*). */
    @Test
    void gradient_is_that_of_all_ended_tasks_and_no_more_is_kept_than_for_one() throws Exception {
        try (var owner = new TensorOwner();
                var _ = TensorScope.open()) {
            Tensor w = owner.own(Tensors.of(NOW, 3)).requires_grad_(true);
            List<Parameter> parameters = List.of(new Parameter("w", w));
            try (var consolidation = new Consolidation(parameters, STRENGTH);
                    var continued = new Consolidation(parameters, STRENGTH)) {
                for (int task = 0; task < ANCHORS.length; task++) {
                    set(w, ANCHORS[task]);
                    Tensor g = Tensors.of(GRADIENTS[task], 3);
                    consolidation.anchor(1, _ -> w.mutable_grad().put(g));
                }
                set(w, NOW);
                assertThat(consolidation.save()).hasSize(2);
                continued.restore(consolidation.save());

                for (Consolidation each : List.of(consolidation, continued)) {
                    w.mutable_grad().reset();
                    each.added(w.sum().mul(new Scalar(0.0))).backward();
                    double[] found = Tensors.toDoubles(w.grad());
                    for (int i = 0; i < 3; i++) {
                        double expected = 0;
                        for (int task = 0; task < ANCHORS.length; task++) {
                            double f = GRADIENTS[task][i] * GRADIENTS[task][i];
                            expected += STRENGTH * f * (NOW[i] - ANCHORS[task][i]);
                        }
                        assertThat(found[i]).isCloseTo(expected, within(1e-9));
                    }
                }
            }
        }
    }

    private static void set(Tensor w, double[] values) {
        try (var _ = NoGrad.begin()) {
            w.copy_(Tensors.of(values, 3));
        }
    }
}
