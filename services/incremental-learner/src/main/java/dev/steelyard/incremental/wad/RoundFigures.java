package dev.steelyard.incremental.wad;

import dev.steelyard.incremental.training.Curves;
import dev.steelyard.method.JobContext;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
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

    void accuracy(int round, Optional<Student> student, Optional<Student> supervised) throws InterruptedException {
        accuracy(ACCURACY, round, student);
        accuracy(ALONE, round, supervised);
    }

    private void accuracy(String figure, int round, Optional<Student> student) throws InterruptedException {
        if (inputs.test().isPresent() && student.isPresent()) {
            add(figure, round, student.get().accuracy(inputs.test().get(), job::checkCancelled));
        }
    }

    /** Of the pool as the round has judged it, before any is promoted. */
    void pool(int round) {
        if (!params.isTaught()) {
            return;
        }
        int[] all = pool.unlabelled();
        add(MEAN, round, Arrays.stream(all).mapToDouble(pool::weight).average().orElse(0));
        int[] told = told(all);
        if (told.length == 0) {
            return;
        }
        Truth truth = inputs.truth();
        long known = IntStream.of(told).filter(truth::isKnown).count();
        add(RIGHT, round, (double) right(told) / Math.max(1, known));
        if (0 < known && known < told.length) {
            add(AUROC, round, auroc(told, i -> pool.best(i) - pool.second(i))); // whatever the weighting makes of it
            add(AUROC_BEST, round, auroc(told, pool::best));
            add(AUROC_SECOND, round, auroc(told, i -> -pool.second(i)));
        }
        double invading = IntStream.of(told)
                .filter(truth::isUnknown)
                .mapToDouble(pool::weight)
                .sum();
        double weight = IntStream.of(told).mapToDouble(pool::weight).sum();
        add(INVASION, round, weight == 0 ? 0 : invading / weight);
    }

    /** How well a score tells known from unknown images. */
    private double auroc(int[] told, IntToDoubleFunction score) {
        boolean[] known = new boolean[told.length];
        for (int i = 0; i < told.length; i++) {
            known[i] = inputs.truth().isKnown(told[i]);
        }
        return Auroc.of(IntStream.of(told).mapToDouble(score).toArray(), known);
    }

    /** Those of which somebody said what they are. */
    private int[] told(int[] images) {
        return IntStream.of(images)
                .filter(i -> inputs.truth().of(i) != Truth.UNTOLD)
                .toArray();
    }

    /** How many were judged to be what they are. */
    private long right(int[] told) {
        return IntStream.of(told)
                .filter(i -> inputs.truth().of(i) == pool.label(i))
                .count();
    }

    void promoted(int round, int[] images) {
        add(PROMOTED, round, images.length);
        int[] told = told(images);
        if (told.length > 0) {
            add(PURITY, round, (double) right(told) / told.length);
        }
    }

    private void add(String figure, int round, double value) {
        curves.add(figure, round, value);
        job.metric("round/" + figure, round, value);
    }
}
