package dev.steelyard.incremental.adamp;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.train.Decay;
import dev.steelyard.tensor.train.Momentum;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.ParameterGroup;
import dev.steelyard.tensor.train.Projection;
import dev.steelyard.tensor.train.Sgd;
import dev.steelyard.tensor.train.SgdP;
import java.util.List;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** How norms of a scale-invariant weight grow: f(w) = wᵀAw / wᵀw in 200 dimensions, 300 steps of η = 0.5. */
final class NormLaw {
    private static final int SIZE = 200;
    private static final double RATE = 0.5;
    private static final double BETA = 0.9;

    private final Torch engine;

    NormLaw(Torch engine) {
        this.engine = engine;
    }

    /**
     * @param objective f after the last step
     * @param worst largest relative difference between ‖w‖² and its law
     */
    record Outcome(double objective, double worst) {}

    /** What a law adds to ‖w‖² in a step, given the update and the weight's own gradient history. */
    private interface Law {
        double growth(Tensor update, Tensor gradient);
    }

    /** Gradient descent: ‖w'‖² = ‖w‖² + η²‖p‖². */
    Outcome plain() {
        return descend(groups -> new Sgd(groups, Momentum.of(0), Decay.DECOUPLED), (p, g) -> RATE * RATE * squares(p));
    }

    Outcome momentum() {
        return descend(groups -> new Sgd(groups, Momentum.of(BETA), Decay.DECOUPLED), momentumLaw());
    }

    /** Momentum with projection: the law of gradient descent. */
    Outcome projected() {
        return descend(
                groups -> new SgdP(groups, Momentum.of(BETA), new Projection(1, 1, 1e-300)),
                (p, g) -> RATE * RATE * squares(p));
    }

    /** ‖w'‖² = ‖w‖² + η²‖p‖² + 2η² Σ_{k<t} β^{t−k}‖p_k‖²; the sum is kept up to date in one number. */
    private static Law momentumLaw() {
        double[] history = {0};
        return (p, g) -> {
            double growth = RATE * RATE * (squares(p) + 2 * history[0]);
            history[0] = BETA * (history[0] + squares(p));
            return growth;
        };
    }

    private interface Choice {
        Optimizer of(List<ParameterGroup> groups);
    }

    private Outcome descend(Choice choice, Law law) {
        try (var _ = TensorScope.open()) {
            var random = new GeneratorOptional(engine.generator(5));
            Tensor g = torch.empty(new long[] {SIZE, SIZE}, Tensors.options(ScalarType.Double), null)
                    .normal_(0, 1, random);
            Tensor a = torch.matmul(g, g.t()).div_(new Scalar((double) SIZE));
            Tensor w = torch.empty(new long[] {1, SIZE}, Tensors.options(ScalarType.Double), null)
                    .normal_(0, 1, random)
                    .requires_grad_(true);
            Optimizer optimizer = choice.of(List.of(ParameterGroup.of(List.of(new Parameter("w", w)), 0)));
            double expected = squares(w);
            double worst = 0;
            for (int step = 0; step < 300; step++) {
                try (var _ = TensorScope.open()) {
                    optimizer.clearGradients();
                    objective(a, w).backward();
                    Tensor before = w.detach().clone();
                    optimizer.step(RATE);
                    Tensor p = before.sub(w.detach()).div_(new Scalar(RATE));
                    expected += law.growth(p, w.grad());
                    worst = Math.max(worst, Math.abs(squares(w) / expected - 1));
                }
            }
            optimizer.close();
            try (var _ = NoGrad.begin()) {
                return new Outcome(objective(a, w).item_double(), worst);
            }
        }
    }

    private static Tensor objective(Tensor a, Tensor w) {
        return torch.matmul(torch.matmul(w, a), w.t()).sum().div(w.mul(w).sum());
    }

    private static double squares(Tensor t) {
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            return t.mul(t).sum().item_double();
        }
    }
}
