package dev.steelyard.proof;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** One figure of several runs that differ in their seed. */
public record Sample(List<Double> values) {

    public Sample {
        values = List.copyOf(values);
    }

    /** A figure of each run. */
    public static <R> Sample of(Collection<R> runs, ToDoubleFunction<? super R> figure) {
        return new Sample(runs.stream().map(figure::applyAsDouble).toList());
    }

    /** Not a number without runs. */
    public double mean() {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    /** Standard deviation of a sample, with n − 1; not a number of one run. */
    public double deviation() {
        double mean = mean();
        double squares =
                values.stream().mapToDouble(value -> Math.pow(value - mean, 2)).sum();
        return Math.sqrt(squares / (values.size() - 1));
    }

    /** Mean and deviation with four decimals, "0.1648 ± 0.0036"; of one run "0.1648". */
    public String spread() {
        if (values.size() == 1) {
            return String.format(Locale.ROOT, "%.4f", mean());
        }
        return String.format(Locale.ROOT, "%.4f ± %.4f", mean(), deviation());
    }
}
