package dev.steelyard.incremental.images;

import dev.steelyard.artifacts.dataset.Dataset;
import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.method.MethodException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Images to train on and images to test with. */
public record ImageSplit(ImageSet train, ImageSet test) {

    /**
     * The labelled images of a folder.
     *
     * @throws MethodException when it holds something else
     */
    public static ImageSet read(Path folder) throws MethodException, IOException {
        if (Dataset.read(folder).all() instanceof ImageSet images
                && images.labels().isPresent()) {
            return images;
        }
        throw MethodException.input("data: expected labelled images");
    }

    /**
     * Shuffles and cuts.
     *
     * @param testShare share kept for the test, (0, 1)
     * @param trainLimit images to train on at most; 0: all that are left
     * @throws MethodException when there are too few images for a batch or a test
     */
    public static ImageSplit of(ImageSet all, double testShare, int trainLimit, int batch, RandomGenerator random)
            throws MethodException {
        int[] order = new int[all.size()];
        for (int i = 0; i < order.length; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        int test = (int) Math.round(testShare * all.size());
        int train = all.size() - test;
        if (trainLimit > 0) {
            train = Math.min(train, trainLimit);
        }
        if (test < 1 || train < batch) {
            throw MethodException.input("%d images leave %d to train on and %d for the test; a batch takes %d"
                    .formatted(all.size(), train, test, batch));
        }
        return new ImageSplit(
                all.subset(Arrays.copyOfRange(order, test, test + train)),
                all.subset(Arrays.copyOfRange(order, 0, test)));
    }
}
