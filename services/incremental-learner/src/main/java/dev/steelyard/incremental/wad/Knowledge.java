package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.method.JobContext;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.nn.Phase;
import java.util.Arrays;

/**
 * Stage 2: what the teacher thinks of the pool. An image's class is that of the labelled image whose embedding is
 * nearest, and its weight is how much nearer that is than the nearest of any other class: s₁ − s₂.
 *
 * @param images all
 * @param views how random views are drawn
 */
record Knowledge(WadParams params, Teacher teacher, ImageSet images, Views views, int classes) {
    private static final int AT_ONCE = 256;

    /** Judges all images of the pool that have no label, by those that have one, or by those that the user labelled. */
    void judge(Pool pool, int round, JobContext job) throws InterruptedException {
        int[] unlabelled = pool.unlabelled();
        int[] labelled = params.neighbourhood().equals("given") ? pool.givenImages() : pool.labelled();
        float[] z = embeddings(unlabelled, round, job);
        float[] zl = embeddings(labelled, round, job);
        float[] scores = new NeighbourScores(teacher.config().projection(), classes, params.neighbours())
                .of(z, zl, pool.labels(labelled), job.threads());
        Margin[] found = new Margin[unlabelled.length];
        float[] margins = new float[unlabelled.length];
        for (int i = 0; i < unlabelled.length; i++) {
            found[i] = Margin.of(scores, i * classes, classes);
            margins[i] = found[i].weight();
        }
        float[] weights = weights(margins);
        for (int i = 0; i < unlabelled.length; i++) {
            pool.judge(unlabelled[i], found[i].label(), found[i].best(), found[i].second(), weights[i]);
        }
    }

    /**
     * The best class of an image.
     *
     * @param label of equal ones the first
     * @param best s₁
     * @param second s₂
     */
    record Margin(int label, float best, float second) {
        static Margin of(float[] scores, int from, int classes) {
            int label = 0;
            for (int c = 1; c < classes; c++) {
                label = scores[from + c] > scores[from + label] ? c : label;
            }
            float second = Float.NEGATIVE_INFINITY;
            for (int c = 0; c < classes; c++) {
                second = c == label ? second : Math.max(second, scores[from + c]);
            }
            return new Margin(label, scores[from + label], second);
        }

        /** s₁(1 − s₂/s₁), as a difference since s₁ may be 0. */
        float weight() {
            return best - second;
        }
    }

    /** Weights of margins, by the parameters. */
    float[] weights(float[] margins) {
        float[] weights = margins.clone();
        if (params.weighting().equals("none")) {
            Arrays.fill(weights, 1);
            return weights;
        }
        float[] sorted = margins.clone();
        Arrays.sort(sorted);
        int cut = (int) (params.cut() * sorted.length);
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = cut > 0 && weights[i] < sorted[cut] ? 0 : weights[i];
            sum += weights[i];
        }
        if (params.normalize() && sum > 0) {
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (float) (weights[i] * weights.length / sum);
            }
        }
        return weights;
    }

    /** Mean embeddings of random views of images, of length 1, [n, projection]. A view depends on seed, round and image. */
    private float[] embeddings(int[] chosen, int round, JobContext job) throws InterruptedException {
        int d = teacher.config().projection();
        float[] all = new float[chosen.length * d];
        for (int from = 0; from < chosen.length; from += AT_ONCE) {
            job.checkCancelled();
            int[] block = Arrays.copyOfRange(chosen, from, Math.min(from + AT_ONCE, chosen.length));
            try (var _ = TensorScope.open();
                    var _ = NoGrad.begin()) {
                var sum = teacher.embed(drawn(block, job.seed(), round, 0), Phase.EVALUATION);
                for (int view = 1; view < params.views(); view++) {
                    try (var _ = TensorScope.open()) {
                        sum.add_(teacher.embed(drawn(block, job.seed(), round, view), Phase.EVALUATION));
                    }
                }
                float[] z = Tensors.toFloats(params.views() == 1 ? sum : NtXent.normalized(sum));
                System.arraycopy(z, 0, all, from * d, z.length);
            }
        }
        return all;
    }

    private float[] drawn(int[] block, long seed, int round, int view) {
        int size = images.shape().size();
        float[] pixels = new float[block.length * size];
        for (int i = 0; i < block.length; i++) {
            float[] image = images.pixels(new int[] {block[i]});
            views.draw(image, pixels, i * size, SeededRandom.at(seed, "judged views", round, view, block[i]), false);
        }
        return pixels;
    }
}
