package dev.steelyard.incremental.adamp;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.method.MethodException;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Images to train on and images to test with. */
record ImageSplit(ImageSet train, ImageSet test) {

    /** @throws MethodException when there are too few images for a batch or a test */
    static ImageSplit of(ImageSet all, AdamPParams params, RandomGenerator random) throws MethodException {
        int[] order = new int[all.size()];
        for (int i = 0; i < order.length; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        int test = (int) Math.round(params.testShare() * all.size());
        int train = all.size() - test;
        if (params.trainLimit() > 0) {
            train = Math.min(train, params.trainLimit());
        }
        if (test < 1 || train < params.batch()) {
            throw MethodException.input("%d images leave %d to train on and %d for the test; a batch takes %d"
                    .formatted(all.size(), train, test, params.batch()));
        }
        return new ImageSplit(
                all.subset(Arrays.copyOfRange(order, test, test + train)),
                all.subset(Arrays.copyOfRange(order, 0, test)));
    }
}
