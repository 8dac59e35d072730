package dev.steelyard.tensor.train;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * AdamW on chosen entries of weights: moments are kept for them alone, 8 bytes an entry, and stay with an entry as long
 * as it is chosen.
 *
 * <p>ε stands outside the bias correction, as transformers' AdamW had it: w ← w − η·√(1−β₂ᵗ)/(1−β₁ᵗ)·m/(√v + ε), then
 * w ← w·(1 − ηλ).
 */
public final class SparseAdamW implements Optimizer {
    private static final String INDICES = "indices";
    private static final String VALUES = "values";
    private static final String STEP = "step";

    private final TensorOwner owner = new TensorOwner();
    private final SequencedMap<String, Entries> all = new LinkedHashMap<>();
    private final AdamMoments moments;
    private final double weightDecay;

    /** What is kept for one weight's entries. */
    private static final class Entries {
        final SparseParameter parameter;
        final Tensor m; // [k]
        final Tensor v; // [k]
        long step;

        Entries(SparseParameter parameter, TensorOwner owner) {
            this.parameter = parameter;
            this.m = owner.own(torch.zeros(parameter.count()));
            this.v = owner.own(torch.zeros(parameter.count()));
        }
    }

    /**
     * @param parameters stay the caller's to close
     * @param moments without look-ahead
     * @param weightDecay λ, 0 or more
     */
    public SparseAdamW(List<SparseParameter> parameters, AdamMoments moments, double weightDecay) {
        if (moments.nesterov() || !(weightDecay >= 0)) {
            throw new IllegalArgumentException("expected no look-ahead and a weight decay of 0 or more");
        }
        this.moments = moments;
        this.weightDecay = weightDecay;
        try (var _ = TensorScope.open()) {
            for (SparseParameter parameter : parameters) {
                if (all.put(parameter.name(), new Entries(parameter, owner)) != null) {
                    throw new IllegalArgumentException(parameter.name() + " is there twice");
                }
            }
        }
    }

    /** The entries' values, as clipping and counting need them. */
    public List<Parameter> values() {
        return all.values().stream().map(entries -> entries.parameter.values()).toList();
    }

    /** @throws UnfitGradientException naming a weight whose chosen entries are no longer finite */
    public void requireFinite() {
        for (Parameter values : values()) {
            if (!values.isFinite()) {
                throw new UnfitGradientException(values.name() + " is not finite");
            }
        }
    }

    @Override
    public void step(double learningRate) {
        if (!(learningRate >= 0)) {
            throw new IllegalArgumentException("learning rate: expected 0 or more, found " + learningRate);
        }
        try (var _ = NoGrad.begin()) {
            for (Entries entries : all.values()) {
                try (var _ = TensorScope.open()) {
                    Tensor g = entries.parameter.values().value().grad();
                    if (g.defined()) {
                        entries.step++;
                        update(entries, g, learningRate);
                        entries.parameter.write();
                    }
                }
            }
        }
    }

    private void update(Entries entries, Tensor g, double lr) {
        Tensor w = entries.parameter.values().value();
        double t = (double) entries.step;
        double step = lr * Math.sqrt(1 - Math.pow(moments.beta2(), t)) / (1 - Math.pow(moments.beta1(), t));
        double keep = 1 - lr * weightDecay;
        if (FusedStep.fits(w, g)) {
            var runs = new Runs(moments, Tensors.segment(g), Tensors.segment(entries.m), Tensors.segment(entries.v));
            FusedStep.of(w, g, runs).move((float) keep, (float) (keep * step));
            return;
        }
        entries.m.mul_(new Scalar(moments.beta1())).add_(g, new Scalar(1 - moments.beta1()));
        entries.v.mul_(new Scalar(moments.beta2())).addcmul_(g, g, new Scalar(1 - moments.beta2()));
        Tensor u = entries.m.div(entries.v.sqrt().add_(new Scalar(moments.epsilon())));
        w.add_(u, new Scalar(-step)).mul_(new Scalar(keep));
    }

    private record Runs(AdamMoments rule, MemorySegment g, MemorySegment m, MemorySegment v) implements Direction {
        @Override
        public void advance(long offset, int n) {
            FloatRows.average(m, g, offset, n, (float) rule.beta1(), (float) (1 - rule.beta1()));
            FloatRows.averageSquares(v, g, offset, n, (float) rule.beta2(), (float) (1 - rule.beta2()));
        }

        @Override
        public void read(long offset, int n, float[] u) {
            FloatRows.combine(u, m, m, offset, n, 1, 0);
            FloatRows.divideByRoot(u, v, offset, n, 1, (float) rule.epsilon());
        }
    }

    /**
     * Trains other entries of a weight from now on, as many as before. Entries that stay keep value and moments, those
     * that come start with moments of 0, those that go keep their value in the weight. Bias correction goes on counting,
     * so that a new entry's first step is (1−β₁)/√(1−β₂) of Adam's first: with a β₂ of 0.95 a warm-up of its own, with
     * one of 0.999 three times as much.
     *
     * @param to ascending
     * @return how many entries stay
     */
    public long move(String name, int[] to) {
        Entries entries = all.get(name);
        if (entries == null) {
            throw new IllegalArgumentException(name + " is not trained");
        }
        int[] before = entries.parameter.move(to);
        try (var _ = NoGrad.begin();
                var _ = TensorScope.open()) {
            for (Tensor moment : List.of(entries.m, entries.v)) {
                Tensor old = moment.clone();
                moment.zero_();
                SparseParameter.carry(before, old, moment);
            }
        }
        long kept = 0;
        for (int position : before) {
            kept += position >= 0 ? 1 : 0;
        }
        return kept;
    }

    @Override
    public void clearGradients() {
        try (var _ = TensorScope.open()) {
            values().forEach(parameter -> parameter.value().mutable_grad().reset());
        }
    }

    /** Besides moments and step the entries' indices and values. */
    @Override
    public SequencedMap<String, Tensor> state() {
        SequencedMap<String, Tensor> state = new LinkedHashMap<>();
        all.forEach((name, entries) -> {
            state.put(name + "." + INDICES, entries.parameter.indices());
            state.put(name + "." + VALUES, entries.parameter.values().value().detach());
            state.put(name + "." + AdamMoments.FIRST, entries.m);
            state.put(name + "." + AdamMoments.SECOND, entries.v);
            state.put(name + "." + STEP, Tensors.of(new long[] {entries.step}));
        });
        return state;
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        List<String> taken = new ArrayList<>();
        try (var _ = NoGrad.begin();
                var _ = TensorScope.open()) {
            all.forEach((name, entries) -> {
                long k = entries.parameter.count();
                Tensor indices = entry(state, name + "." + INDICES, k);
                entries.parameter.move(
                        SparseParameter.toInts(indices.to(ScalarType.Int).contiguous()));
                entries.parameter.values().value().copy_(entry(state, name + "." + VALUES, k));
                entries.m.copy_(entry(state, name + "." + AdamMoments.FIRST, k));
                entries.v.copy_(entry(state, name + "." + AdamMoments.SECOND, k));
                entries.step = Tensors.toLongs(entry(state, name + "." + STEP))[0];
                entries.parameter.write();
                taken.add(name);
            });
        }
        if (5 * taken.size() != state.size()) {
            throw new IllegalArgumentException(
                    "optimizer state has %d entries, its parameters need %d".formatted(state.size(), 5 * taken.size()));
        }
    }

    private static Tensor entry(Map<String, Tensor> state, String key, long... shape) {
        Tensor tensor = state.get(key);
        if (tensor == null) {
            throw new IllegalArgumentException("optimizer state has no " + key);
        }
        return Shapes.require(key, tensor, shape);
    }

    /** Of the moments: 8 bytes an entry. */
    @Override
    public long stateBytes() {
        return all.values().stream().mapToLong(e -> e.m.nbytes() + e.v.nbytes()).sum();
    }

    /** Of the entries' indices and values in single precision: 4 bytes an entry each. */
    public long entryBytes() {
        return all.values().stream()
                .mapToLong(e -> e.parameter.indices().nbytes()
                        + e.parameter.values().value().nbytes())
                .sum();
    }

    @Override
    public void close() {
        owner.close();
    }
}
