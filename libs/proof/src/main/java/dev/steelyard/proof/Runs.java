package dev.steelyard.proof;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What a contender came to at one learning rate.
 *
 * @param all a run for each seed
 */
public record Runs(Contender contender, double rate, List<Result> all) {

    public Runs {
        all = List.copyOf(all);
    }

    /** One figure of the summaries. */
    public Sample sample(String figure) {
        return sample(run -> run.figure(figure));
    }

    /** One figure of each run. */
    public Sample sample(ToDoubleFunction<Result> figure) {
        return Sample.of(all, figure);
    }

    /** Mean over the seeds. */
    public double mean(String figure) {
        return sample(figure).mean();
    }

    /** These, and then those of further seeds. */
    Runs and(List<Result> more) {
        return new Runs(
                contender, rate, Stream.concat(all.stream(), more.stream()).toList());
    }
}
