package dev.steelyard.tensor.train;

import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Seeded random tensors: initial weights and dropout. Its state is saved and restored with a run. */
public final class RandomTensors implements AutoCloseable {
    private final TensorOwner owner = new TensorOwner();
    private final Generator generator;

    public RandomTensors(Torch engine, long seed) {
        try (var _ = TensorScope.open()) {
            generator = owner.own(engine.generator(seed));
        }
    }

    /** Uniform on [−bound, bound), Float. */
    public Tensor uniform(double bound, long... shape) {
        return torch.empty(shape).uniform_(-bound, bound, new GeneratorOptional(generator));
    }

    /** Normal with mean 0, Float. */
    public Tensor normal(double deviation, long... shape) {
        return torch.empty(shape).normal_(0, deviation, new GeneratorOptional(generator));
    }

    /** Each entry kept with probability 1 − p and divided by it, otherwise 0. */
    public Tensor dropout(Tensor x, double p) {
        if (p == 0) {
            return x;
        }
        Tensor kept = torch.empty_like(x.detach()).bernoulli_(1 - p, new GeneratorOptional(generator));
        return x.mul(kept.div_(new Scalar(1 - p)));
    }

    /** State to continue from, a Byte tensor of the innermost open scope. */
    public Tensor state() {
        return generator.get_state();
    }

    public void restore(Tensor state) {
        generator.set_state(state);
    }

    @Override
    public void close() {
        owner.close();
    }
}
