package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.dataset.Dataset;
import dev.steelyard.artifacts.dataset.Examples;
import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.Labels;
import dev.steelyard.artifacts.dataset.Matrix;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * All images of a job.
 *
 * @param images those labelled by the user, then the pool, without labels
 * @param given how many are labelled
 * @param labels of the labelled ones
 * @param ids of all
 * @param test labelled images that nothing is learned from
 */
record Samples(ImageSet images, int given, Labels labels, List<String> ids, Optional<ImageSet> test) {
    private static final int LISTED = 10;

    /** @throws MethodException when the inputs are not what they must be */
    static Samples read(JobContext job) throws MethodException, IOException {
        Dataset labelledData = Dataset.read(job.input(Wad.LABELLED));
        ImageSet labelled = images(Wad.LABELLED, labelledData.train());
        ImageSet pool = images(
                Wad.UNLABELLED,
                Optional.of(
                        Dataset.read(job.input(Wad.UNLABELLED)).withoutLabels().all()));
        Labels labels =
                labelled.labels().orElseThrow(() -> MethodException.input("labelled: the images have no labels"));
        requireEachClass(labels);
        if (!pool.shape().equals(labelled.shape())) {
            throw MethodException.input(
                    "unlabelled: images are %s, labelled ones %s".formatted(pool.shape(), labelled.shape()));
        }
        Optional<ImageSet> test = labelledData.test().isPresent()
                ? Optional.of(images(Wad.LABELLED, labelledData.test()))
                : Optional.empty();
        requireTest(labelled, test);
        List<String> ids = new ArrayList<>(ids(Wad.LABELLED, labelled));
        ids.addAll(ids(Wad.UNLABELLED, pool));
        requireDifferent(ids, labelled.size());
        requireTogether(labelled.pixels().values(), pool.pixels().values());
        ImageSet all = new ImageSet(labelled.shape(), labelled.pixels().followedBy(pool.pixels()), Optional.empty());
        return new Samples(all, labelled.size(), labels, List.copyOf(ids), test);
    }

    /** @param labelled values, and those of the pool, each not too many by themselves */
    static void requireTogether(long labelled, long pool) throws MethodException {
        if (labelled + pool > Matrix.MAX_VALUES) {
            throw MethodException.input(
                    "%d pixel values in labelled, %d in unlabelled; at most %d are taken together; take fewer or smaller images"
                            .formatted(labelled, pool, Matrix.MAX_VALUES));
        }
    }

    private static ImageSet images(String input, Optional<Examples> part) throws MethodException {
        if (part.isPresent() && part.get() instanceof ImageSet images) {
            return images;
        }
        throw MethodException.input("%s: expected images, found %s"
                .formatted(input, part.map(Examples::kind).orElse("no training part")));
    }

    private static void requireEachClass(Labels labels) throws MethodException {
        if (labels.classes().size() < 2) {
            throw MethodException.input("labelled: there is one class, %s; two or more are needed"
                    .formatted(labels.classes().getFirst()));
        }
        int[] counts = counts(labels);
        for (int c = 0; c < counts.length; c++) {
            if (counts[c] == 0) {
                throw MethodException.input("labelled: class %s has no image"
                        .formatted(labels.classes().get(c)));
            }
        }
    }

    private static void requireTest(ImageSet labelled, Optional<ImageSet> test) throws MethodException {
        if (test.isPresent()
                && (!test.get().shape().equals(labelled.shape())
                        || !test.get().classes().equals(labelled.classes()))) {
            throw MethodException.input("labelled: the test part has %s of the classes %s, the training part %s of %s"
                    .formatted(test.get().kind(), test.get().classes(), labelled.kind(), labelled.classes()));
        }
    }

    /** Names from the data, or the input's and the place in it. */
    private static List<String> ids(String input, ImageSet images) {
        return images.ids()
                .orElseGet(() -> IntStream.range(0, images.size())
                        .mapToObj(row -> input + ":" + row)
                        .toList());
    }

    private static void requireDifferent(List<String> ids, int labelled) throws MethodException {
        Map<String, Integer> places = new HashMap<>();
        Set<String> twice = new LinkedHashSet<>();
        for (int i = 0; i < ids.size(); i++) {
            if (places.putIfAbsent(ids.get(i), i) != null) {
                twice.add(ids.get(i));
            }
        }
        if (!twice.isEmpty()) {
            String first = twice.iterator().next();
            boolean inBoth = places.getOrDefault(first, 0) < labelled
                    && ids.subList(labelled, ids.size()).contains(first);
            throw MethodException.input("%d ids are there twice%s: %s%s"
                    .formatted(
                            twice.size(),
                            inBoth ? ", in labelled and in unlabelled" : "",
                            String.join(", ", twice.stream().limit(LISTED).toList()),
                            twice.size() > LISTED ? ", …" : ""));
        }
    }

    /** How many images have each label. */
    static int[] counts(Labels labels) {
        int[] counts = new int[labels.classes().size()];
        for (int row = 0; row < labels.size(); row++) {
            counts[labels.id(row)]++;
        }
        return counts;
    }

    int unlabelled() {
        return images.size() - given;
    }

    List<String> classes() {
        return labels.classes();
    }

    Pool pool() {
        return new Pool(IntStream.range(0, given).map(labels::id).toArray(), unlabelled());
    }

    /** How many images of the pool have the very pixels of a labelled one. */
    int copies() {
        Set<FloatBuffer> labelled =
                IntStream.range(0, given).mapToObj(this::pixels).collect(Collectors.toSet());
        return (int) IntStream.range(given, images.size())
                .filter(i -> labelled.contains(pixels(i)))
                .count();
    }

    /** Pixels of an image; equal where all of them are. */
    private FloatBuffer pixels(int image) {
        return FloatBuffer.wrap(images.pixels(new int[] {image}));
    }
}
