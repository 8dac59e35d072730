package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.incremental.wad.StudentBatch.Labelled;
import dev.steelyard.incremental.wad.StudentBatch.Weighed;
import dev.steelyard.tensor.train.DataLoader;
import dev.steelyard.tensor.train.Shuffle;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Makes the batches of one round. Labelled images come from shuffled passes without a gap, so that few of them do. */
final class StudentBatches implements DataLoader.NumberedSource<StudentBatch> {
    private final WadParams params;
    private final ImageSet images;
    private final Pool pool;
    private final long seed;
    private final long firstStep;
    private final int[] unlabelled;
    private final int[] labelled;
    private final int[] given;
    private final Shuffle shuffle;
    private final Shuffle givenShuffle;
    private final StudentViews views;

    /** @param round from 1 */
    StudentBatches(WadParams params, ImageSet images, Pool pool, long seed, int round) {
        this.params = params;
        this.images = images;
        this.pool = pool;
        this.seed = seed;
        this.firstStep = (long) (round - 1) * params.student().iterations();
        this.unlabelled = pool.unlabelled();
        this.labelled = pool.labelled();
        this.given = pool.givenImages();
        this.shuffle = new Shuffle(labelled.length, seed);
        this.givenShuffle = new Shuffle(given.length, seed);
        this.views = new StudentViews(
                params.student(), images.shape(), !params.weighting().equals("threshold"));
    }

    /** Loads ahead of the steps of the round. */
    DataLoader<StudentBatch> loader() {
        int batch = Math.min(params.student().unlabelledBatch(), unlabelled.length);
        return new DataLoader<>(this, new Shuffle(unlabelled.length, seed + firstStep), batch, 2);
    }

    @Override
    public StudentBatch load(long number, int[] items) {
        long step = firstStep + number;
        boolean watched = !params.weighting().equals("supervised");
        int[] chosen =
                watched ? IntStream.of(items).map(item -> unlabelled[item]).toArray() : new int[0];
        Weighed weighed = weighed(chosen, SeededRandom.at(seed, "pool", step));
        float[] strong = params.weighting().equals("threshold")
                ? views.strong(images, chosen, SeededRandom.at(seed, "strong", step))
                : new float[0];
        Labelled first = labelled(labelled, shuffle, step);
        Labelled own = labelled.length == given.length ? first : labelled(given, givenShuffle, step);
        return new StudentBatch(first, own, weighed, strong);
    }

    private Weighed weighed(int[] chosen, RandomGenerator random) {
        float[] weights = new float[chosen.length];
        long[] labels = new long[chosen.length];
        for (int i = 0; i < chosen.length; i++) {
            weights[i] = pool.weight(chosen[i]);
            labels[i] = pool.label(chosen[i]);
        }
        boolean judgesItself = params.weighting().equals("threshold"); // and does it on images as they are
        boolean strong = !judgesItself && !params.student().strong().equals("none");
        return new Weighed(seen(chosen, strong, random), labels, weights);
    }

    private Labelled labelled(int[] from, Shuffle order, long step) {
        int[] chosen = new int[params.student().batch()];
        long first = step * chosen.length;
        long pass = -1;
        int[] passOrder = {};
        for (int i = 0; i < chosen.length; i++) {
            long at = first + i;
            if (at / from.length != pass) {
                pass = at / from.length;
                passOrder = order.order(pass);
            }
            chosen[i] = from[passOrder[(int) (at % from.length)]];
        }
        long[] labels = IntStream.of(pool.labels(chosen)).asLongStream().toArray();
        boolean strong = params.student().strong().equals("all");
        return new Labelled(seen(chosen, strong, SeededRandom.at(seed, "labelled", step)), labels);
    }

    private float[] seen(int[] chosen, boolean strong, RandomGenerator random) {
        return strong ? views.strong(images, chosen, random) : views.weak(images, chosen, random);
    }
}
