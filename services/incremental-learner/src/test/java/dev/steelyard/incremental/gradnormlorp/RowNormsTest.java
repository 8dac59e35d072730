package dev.steelyard.incremental.gradnormlorp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RowNormsTest {

    @BeforeAll
    static void start() {
        var _ = Torch.start(2);
    }

    @Test
    void drift_is_of_rows_that_were_not_zero() {
        try (var _ = TensorScope.open()) {
            Tensor w = Tensors.of(new float[] {3, 4, 0, 0, 1, 0}, 3, 2);
            Tensor zeros = Tensors.of(new float[] {0, 0}, 1, 2);
            SequencedMap<String, Tensor> weights = new LinkedHashMap<>();
            weights.put("w", w);
            weights.put("zeros", zeros);
            try (var norms = new RowNorms(() -> weights, List.of("w", "zeros"))) {
                w.copy_(Tensors.of(new float[] {6, 8, 5, 0, 0, -0.5f}, 3, 2));
                zeros.add_(new Scalar(1.0));

                assertThat(norms.drift().get("w")).isCloseTo((1 + 0.5) / 2, within(1e-6));
                assertThat(norms.drift().get("zeros")).isZero();
            }
        }
    }
}
