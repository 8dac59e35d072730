package dev.steelyard.incremental.lift;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.incremental.training.WeightFiles;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.io.IOException;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What a weight became, as both checkpoints hold it: ΔW = tuned − base.
 *
 * @param name of the weight
 * @param rows of the weight
 * @param columns of the weight
 * @param changed entries that differ
 * @param relative ‖ΔW‖/‖W‖
 * @param rank fewest singular values that hold 99 % of Σσ² of ΔW; 0 where nothing changed, −1 where the weight is too
 *     large to look
 * @param topShare largest singular value's share of Σσ²; NaN with a rank below 1
 */
record WeightChange(String name, long rows, long columns, long changed, double relative, int rank, double topShare) {
    private static final double HELD = 0.99;

    static WeightChange of(Checkpoint base, Checkpoint tuned, String name) throws IOException {
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            Tensor before = WeightFiles.tensor(base, name).to(ScalarType.Float);
            Tensor after = WeightFiles.tensor(tuned, name).to(ScalarType.Float);
            Tensor delta = torch.sub(after, before);
            long changed = delta.ne(torch.zeros(1)).sum().item_long();
            double relative = delta.norm().item_double() / before.norm().item_double();
            if (changed == 0 || Math.min(delta.size(0), delta.size(1)) > PrincipalWeights.LARGEST_EXACT) {
                return new WeightChange(
                        name, delta.size(0), delta.size(1), changed, relative, changed == 0 ? 0 : -1, Double.NaN);
            }
            double[] squares = Tensors.toDoubles(
                    torch.linalg_svdvals(delta).to(ScalarType.Double).square());
            double all = 0;
            for (double square : squares) {
                all += square;
            }
            int rank = 0;
            for (double sum = 0; sum < HELD * all; rank++) {
                sum += squares[rank];
            }
            return new WeightChange(name, delta.size(0), delta.size(1), changed, relative, rank, squares[0] / all);
        }
    }
}
