package dev.steelyard.tensor.train;

import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Moments of the parameter's own type; in single precision 8 bytes an element. */
final class DenseMoments implements MomentPair {
    private final Tensor m;
    private final Tensor v;

    DenseMoments(TensorOwner owner, ScalarType type, long... shape) {
        try (var _ = TensorScope.open()) {
            m = owner.own(torch.zeros(shape, Tensors.options(type)));
            v = owner.own(torch.zeros(shape, Tensors.options(type)));
        }
    }

    @Override
    public Tensor direction(Tensor g, AdamMoments rule) {
        m.mul_(new Scalar(rule.beta1())).add_(g, new Scalar(1 - rule.beta1()));
        v.mul_(new Scalar(rule.beta2())).addcmul_(g, g, new Scalar(1 - rule.beta2()));
        return m.div(v.sqrt().add_(new Scalar(rule.epsilon())));
    }

    @Override
    public Tensor first() {
        return m;
    }

    @Override
    public void first(Tensor moments) {
        m.copy_(moments);
    }

    @Override
    public void clear() {
        m.zero_();
        v.zero_();
    }

    @Override
    public void save(String prefix, Map<String, Tensor> into) {
        into.put(prefix + AdamMoments.FIRST, m);
        into.put(prefix + AdamMoments.SECOND, v);
    }

    @Override
    public int restore(String prefix, Map<String, Tensor> state) {
        m.copy_(Slot.entry(state, prefix + AdamMoments.FIRST, Shapes.of(m)));
        v.copy_(Slot.entry(state, prefix + AdamMoments.SECOND, Shapes.of(v)));
        return 2;
    }

    @Override
    public long bytes() {
        return m.nbytes() + v.nbytes();
    }
}
