package dev.steelyard.incremental.wad;

import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.train.TrainingState;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Which images are labelled, and what the teacher thinks of the others. Images go by their place in all of them, which
 * stands for their id: first those labelled by the user, then the pool's. A part of the run's state.
 */
final class Pool implements TrainingState.Part {
    private final int given;
    private final int[] labels;
    private final int[] rounds;
    private final float[] best;
    private final float[] second;
    private final float[] weights;

    /**
     * @param labels of the images that the user labelled, which come first
     * @param unlabelled images that follow
     */
    Pool(int[] labels, int unlabelled) {
        int all = labels.length + unlabelled;
        this.given = labels.length;
        this.labels = Arrays.copyOf(labels, all);
        this.rounds = new int[all];
        this.best = new float[all];
        this.second = new float[all];
        this.weights = new float[all];
    }

    int size() {
        return labels.length;
    }

    /** Images labelled by the user: 0 to this, without it. */
    int given() {
        return given;
    }

    /** Images labelled by the user, by place. */
    int[] givenImages() {
        return IntStream.range(0, given).toArray();
    }

    /** Images with a label, the user's or a promoted one, by place. */
    int[] labelled() {
        return IntStream.range(0, size())
                .filter(i -> i < given || rounds[i] > 0)
                .toArray();
    }

    /** All others, by place. */
    int[] unlabelled() {
        return IntStream.range(given, size()).filter(i -> rounds[i] == 0).toArray();
    }

    /** Those of them that count something, by place. */
    int[] counted() {
        return IntStream.of(unlabelled()).filter(i -> weights[i] > 0).toArray();
    }

    /** A class; of images without a label, what the teacher says. */
    int label(int image) {
        return labels[image];
    }

    int[] labels(int[] images) {
        return IntStream.of(images).map(image -> labels[image]).toArray();
    }

    /** The round in which the image was promoted; 0 when it was not. */
    int round(int image) {
        return rounds[image];
    }

    /** Score of the best class when the image was last looked at. */
    float best(int image) {
        return best[image];
    }

    /** Score of the second class. */
    float second(int image) {
        return second[image];
    }

    /** What the image counted in the student's loss. */
    float weight(int image) {
        return weights[image];
    }

    /** Takes over what is thought of an image without a label. */
    void judge(int image, int label, float s1, float s2, float weight) {
        if (image < given || rounds[image] > 0) {
            throw new IllegalArgumentException("image " + image + " has a label");
        }
        labels[image] = label;
        best[image] = s1;
        second[image] = s2;
        weights[image] = weight;
    }

    /** Gives an image the label that it was judged to have. */
    void promote(int image, int round) {
        if (image < given || rounds[image] > 0 || round < 1) {
            throw new IllegalArgumentException("image %d cannot be promoted in round %d".formatted(image, round));
        }
        rounds[image] = round;
    }

    @Override
    public Map<String, Tensor> save() {
        return Map.of(
                "labels", Tensors.of(longs(labels), size()),
                "rounds", Tensors.of(longs(rounds), size()),
                "best", Tensors.of(best, size()),
                "second", Tensors.of(second, size()),
                "weights", Tensors.of(weights, size()));
    }

    @Override
    public void restore(Map<String, Tensor> saved) {
        integers(saved, "labels", labels);
        integers(saved, "rounds", rounds);
        System.arraycopy(Tensors.toFloats(TrainingState.require(saved, "best")), 0, best, 0, size());
        System.arraycopy(Tensors.toFloats(TrainingState.require(saved, "second")), 0, second, 0, size());
        System.arraycopy(Tensors.toFloats(TrainingState.require(saved, "weights")), 0, weights, 0, size());
    }

    private static long[] longs(int[] values) {
        return IntStream.of(values).asLongStream().toArray();
    }

    private static void integers(Map<String, Tensor> saved, String key, int[] into) {
        long[] values = Tensors.toLongs(TrainingState.require(saved, key));
        for (int i = 0; i < into.length; i++) {
            into[i] = Math.toIntExact(values[i]);
        }
    }
}
