package dev.steelyard.tensor.nn;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Trains v where a layer computes with w = a·arctan(v/b): large weights are compressed, small ones move faster (Cakaj,
 * Mehnert, Yang, arXiv:2306.16993). In place of {@code x.weight} the store holds {@code x.weight.v}, {@code
 * x.weight.log_a} and {@code x.weight.log_b}.
 *
 * <p>Layers differ in scale, so a = α·σ and b = β·σ with σ the standard deviation of the layer's initial weight.
 *
 * @param alpha α, above 0
 * @param beta β, above 0
 * @param learned whether log a and log b are parameters; buffers when not
 * @param start what the initial weight becomes
 * @param tail what happens to initial weights beyond {@value #REACH}·aπ/2, where Ψ can hardly be inverted
 */
public record WeightCompander(double alpha, double beta, boolean learned, Start start, Tail tail)
        implements Reparametrization {
    /** Largest share of aπ/2 that an initial weight takes. */
    public static final double REACH = 0.985;

    private static final String V = ".v";
    private static final String LOG_A = ".log_a";
    private static final String LOG_B = ".log_b";

    /** What the initial weight becomes. */
    public enum Start {
        /** w: v = b·tan(w/a), and the layer computes what it would without. */
        INVERT,
        /** v: the layer starts at a·arctan(w/b). */
        PLAIN
    }

    /** What happens to initial weights beyond the reach. */
    public enum Tail {
        /** They are set to it. */
        CLIP,
        /** {@link UnfitWeightException}. */
        REFUSE,
        /** a and b of the layer grow alike until all fit with some room: a = max|w|/1.5. */
        FIT
    }

    public WeightCompander {
        if (!(alpha > 0) || !(beta > 0) || Double.isInfinite(alpha) || Double.isInfinite(beta)) {
            throw new IllegalArgumentException("alpha and beta: expected above 0, found " + alpha + " and " + beta);
        }
    }

    /** Fixed a and b; starts at the initial weight, clipped. */
    public static WeightCompander of(double alpha, double beta) {
        return new WeightCompander(alpha, beta, false, Start.INVERT, Tail.CLIP);
    }

    /** Whether a parameter of this name is a log a or log b. */
    public static boolean isScale(String parameter) {
        return parameter.endsWith(".weight" + LOG_A) || parameter.endsWith(".weight" + LOG_B);
    }

    /** Name of the weight that a parameter belongs to; other names stay. */
    public static String weightName(String parameter) {
        for (String suffix : List.of(V, LOG_A, LOG_B)) {
            if (parameter.endsWith(".weight" + suffix)) {
                return parameter.substring(0, parameter.length() - suffix.length());
            }
        }
        return parameter;
    }

    /** @throws UnfitWeightException when the initial weight has no spread, is not finite, or does not fit */
    @Override
    public CompandedWeight create(ParameterStore store, String name, Supplier<Tensor> initial) {
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            Tensor given = initial.get().detach();
            ScalarType type = given.scalar_type().intern() == ScalarType.Double ? ScalarType.Double : ScalarType.Float;
            Tensor w = given.to(ScalarType.Double);
            Scales scales = scales(name, w);
            Tensor v = (start == Start.PLAIN ? w : inverse(w, scales)).to(type);
            Tensor trained = store.parameter(name + V, () -> v);
            Tensor logA = scale(store, name + LOG_A, scales.a, type);
            Tensor logB = scale(store, name + LOG_B, scales.b, type);
            return store.composed(
                    name,
                    new CompandedWeight(trained, logA, logB, scales.deviation),
                    List.of(name + V, name + LOG_A, name + LOG_B));
        }
    }

    private record Scales(double deviation, double a, double b) {
        double reach() {
            return REACH * a * Math.PI / 2;
        }
    }

    private Scales scales(String name, Tensor w) {
        double deviation = w.numel() == 0 ? 0 : w.std(false).item_double();
        if (!Double.isFinite(deviation)) {
            throw new UnfitWeightException(name, "has values that are not finite");
        }
        if (deviation == 0) {
            throw new UnfitWeightException(
                    name, "all values are equal, so their deviation gives no scale; leave this weight out");
        }
        Scales scales = new Scales(deviation, alpha * deviation, beta * deviation);
        if (start == Start.PLAIN || tail == Tail.CLIP) {
            return scales;
        }
        double largest = w.abs().max().item_double();
        if (largest <= scales.reach()) {
            return scales;
        }
        double needed = largest / 1.5;
        if (tail == Tail.FIT) {
            return new Scales(deviation, needed, needed * beta / alpha);
        }
        throw beyond(name, w, scales);
    }

    private static UnfitWeightException beyond(String name, Tensor w, Scales scales) {
        double largest = w.abs().max().item_double();
        long count = w.abs().gt(new Scalar(scales.reach())).sum().item_long();
        double smallest = Math.ceil(1e4 * largest / (REACH * Math.PI / 2 * scales.deviation)) / 1e4;
        return new UnfitWeightException(
                name,
                String.format(
                        Locale.ROOT,
                        "%d of %d values are beyond %.4g, the largest is %.4g; alpha %.4f or more fits",
                        count,
                        w.numel(),
                        scales.reach(),
                        largest,
                        smallest));
    }

    /** b·tan(w/a) with w within reach. */
    private static Tensor inverse(Tensor w, Scales scales) {
        Tensor within = w.clamp(
                new ScalarOptional(new Scalar(-scales.reach())), new ScalarOptional(new Scalar(scales.reach())));
        return torch.tan(within.div(new Scalar(scales.a))).mul(new Scalar(scales.b));
    }

    private Tensor scale(ParameterStore store, String name, double value, ScalarType type) {
        Supplier<Tensor> log = () -> Tensors.of(new double[] {Math.log(value)}).to(type);
        return learned ? store.parameter(name, log) : store.buffer(name, log);
    }
}
