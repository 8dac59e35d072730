package dev.steelyard.incremental.images;

import dev.steelyard.artifacts.Reading;
import dev.steelyard.artifacts.dataset.Dataset;
import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.train.Shuffle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Images to train on and images to test with. */
public record ImageSplit(ImageSet train, ImageSet test) {

    /**
     * The labelled images of a folder.
     *
     * @throws MethodException when it holds something else
     */
    public static ImageSet read(Path folder) throws MethodException, IOException {
        return all(folder, Dataset.read(folder));
    }

    private static ImageSet all(Path folder, Dataset data) throws MethodException, IOException {
        if (Reading.in(folder, data::all) instanceof ImageSet images
                && images.labels().isPresent()) {
            return images;
        }
        throw MethodException.input("data: expected labelled images");
    }

    /**
     * The labelled images of a folder, cut by the folder's own test part where it has one; {@link #of(ImageSet, double,
     * int, int, RandomGenerator)} where not. A validation part beside a test part is left out.
     *
     * @throws MethodException when it holds something else, too few images, or only one class to train on
     */
    public static ImageSplit of(Path folder, double testShare, int trainLimit, int batch, RandomGenerator random)
            throws MethodException, IOException {
        Dataset data = Dataset.read(folder);
        if (data.train().isEmpty() || data.test().isEmpty()) {
            return of(all(folder, data), testShare, trainLimit, batch, random);
        }
        if (!(data.train().get() instanceof ImageSet train
                && data.test().get() instanceof ImageSet test
                && train.labels().isPresent()
                && train.classes().equals(test.classes()))) {
            throw MethodException.input("data: expected labelled images, of the same classes in both parts");
        }
        int[] order = Shuffle.drawn(train.size(), random);
        int kept = trainLimit > 0 ? Math.min(trainLimit, train.size()) : train.size();
        requireEnough(train.size() + test.size(), kept, test.size(), batch);
        return split(train.subset(Arrays.copyOf(order, kept)), test);
    }

    /**
     * Shuffles and cuts.
     *
     * @param testShare share kept for the test, (0, 1)
     * @param trainLimit images to train on at most; 0: all that are left
     * @throws MethodException when there are too few images for a batch or a test
     */
    private static ImageSplit of(ImageSet all, double testShare, int trainLimit, int batch, RandomGenerator random)
            throws MethodException {
        int[] order = Shuffle.drawn(all.size(), random);
        int test = (int) Math.round(testShare * all.size());
        int train = all.size() - test;
        if (trainLimit > 0) {
            train = Math.min(train, trainLimit);
        }
        requireEnough(all.size(), train, test, batch);
        return split(
                all.subset(Arrays.copyOfRange(order, test, test + train)),
                all.subset(Arrays.copyOfRange(order, 0, test)));
    }

    /** A classifier of one class is right whatever it has learned. */
    private static ImageSplit split(ImageSet train, ImageSet test) throws MethodException {
        if (Arrays.stream(train.labels(IntStream.range(0, train.size()).toArray()))
                        .distinct()
                        .count()
                < 2) {
            throw MethodException.input("data: there is one class to train on, %s; two or more are needed"
                    .formatted(train.classes().get(train.label(0))));
        }
        return new ImageSplit(train, test);
    }

    private static void requireEnough(int all, int train, int test, int batch) throws MethodException {
        if (test < 1 || train < batch) {
            throw MethodException.input("%d images leave %d to train on and %d for the test; a batch takes %d"
                    .formatted(all, train, test, batch));
        }
    }
}
