package dev.steelyard.incremental.wad;

import dev.steelyard.incremental.training.Curves;
import dev.steelyard.method.JobContext;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/** What is seen of a round: in the report, and as metrics of the job. */
record RoundFigures(WadParams params, Rounds.Inputs inputs, Pool pool, Curves curves, JobContext job) {
    static final String ACCURACY = "accuracy";
    static final String ALONE = "supervised accuracy";
    static final String PROMOTED = "promoted";
    static final String PURITY = "purity of promoted";
    static final String AUROC = "AUROC of w";
    static final String AUROC_BEST = "AUROC of s1";
    static final String AUROC_SECOND = "AUROC of -s2";
    static final String INVASION = "invasion";
    static final String RIGHT = "right labels of known";
    static final String MEAN = "mean weight";

    void accuracy(int round, Optional<Student> student, Optional<Student> supervised) {
        if (inputs.test().isPresent()) {
            var test = inputs.test().get();
            student.ifPresent(s -> add(ACCURACY, round, s.classifier().accuracy(test)));
            supervised.ifPresent(s -> add(ALONE, round, s.classifier().accuracy(test)));
        }
    }

    /** Of the pool as the round has judged it, before any is promoted. */
    void pool(int round) {
        if (!params.isTaught()) {
            return;
        }
        int[] all = pool.unlabelled();
        add(MEAN, round, Arrays.stream(all).mapToDouble(pool::weight).average().orElse(0));
        int[] told = Arrays.stream(all)
                .filter(i -> inputs.truth().of(i) != Truth.UNTOLD)
                .toArray();
        if (told.length == 0) {
            return;
        }
        boolean[] known = new boolean[told.length];
        for (int i = 0; i < told.length; i++) {
            known[i] = inputs.truth().isKnown(told[i]);
        }
        double right = Arrays.stream(told)
                .filter(i -> inputs.truth().of(i) == pool.label(i))
                .count();
        add(
                RIGHT,
                round,
                right
                        / Math.max(
                                1,
                                Arrays.stream(told)
                                        .filter(inputs.truth()::isKnown)
                                        .count()));
        if (Arrays.stream(told).anyMatch(inputs.truth()::isUnknown)) {
            add(AUROC, round, Auroc.of(margins(told), known));
            add(
                    AUROC_BEST,
                    round,
                    Auroc.of(Arrays.stream(told).mapToDouble(pool::best).toArray(), known));
            add(
                    AUROC_SECOND,
                    round,
                    Auroc.of(
                            Arrays.stream(told)
                                    .mapToDouble(i -> -pool.second(i))
                                    .toArray(),
                            known));
        }
        double invading = IntStream.of(told)
                .filter(inputs.truth()::isUnknown)
                .mapToDouble(pool::weight)
                .sum();
        double weight = IntStream.of(told).mapToDouble(pool::weight).sum();
        add(INVASION, round, weight == 0 ? 0 : invading / weight);
    }

    /** s₁ − s₂, whatever the weighting makes of it. */
    private double[] margins(int[] images) {
        return Arrays.stream(images)
                .mapToDouble(i -> pool.best(i) - pool.second(i))
                .toArray();
    }

    void promoted(int round, int[] images) {
        add(PROMOTED, round, images.length);
        int[] told = Arrays.stream(images)
                .filter(i -> inputs.truth().of(i) != Truth.UNTOLD)
                .toArray();
        if (told.length > 0) {
            double right = Arrays.stream(told)
                    .filter(i -> inputs.truth().of(i) == pool.label(i))
                    .count();
            add(PURITY, round, right / told.length);
        }
    }

    private void add(String figure, int round, double value) {
        curves.add(figure, round, value);
        job.metric("round/" + figure, round, value);
    }
}
