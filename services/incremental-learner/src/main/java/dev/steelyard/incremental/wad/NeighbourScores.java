package dev.steelyard.incremental.wad;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How near each image comes to the labelled images of each class: the largest of the cosines, or the mean of the k
 * largest. Blocks of the product go into running maxima, and the whole product is never there. Every cosine is summed
 * along the embedding in the same order, so that neither blocks nor threads change a bit.
 */
final class NeighbourScores {
    /** Labelled images whose embeddings stay in the second cache. */
    private static final int BLOCK = 256;

    private final int dimensions;
    private final int classes;
    private final int k;

    /**
     * @param dimensions of an embedding
     * @param k neighbours, 1 or more; a class with fewer takes what it has
     */
    NeighbourScores(int dimensions, int classes, int k) {
        this.dimensions = dimensions;
        this.classes = classes;
        this.k = k;
    }

    /**
     * Scores, [n, classes].
     *
     * @param z embeddings of length 1, [n, d]
     * @param labelled embeddings of length 1, [l, d]
     * @param labels a class for each of {@code labelled}; each class occurs
     * @param threads to share the rows out among
     */
    float[] of(float[] z, float[] labelled, int[] labels, int threads) {
        int rows = z.length / dimensions;
        float[] transposed = transposed(labelled, labels.length);
        float[] scores = new float[rows * classes];
        int part = (rows + threads - 1) / threads;
        IntStream.range(0, threads).parallel().forEach(thread -> {
            for (int row = thread * part; row < Math.min(rows, (thread + 1) * part); row++) {
                row(z, row, transposed, labels, scores);
            }
        });
        return scores;
    }

    /** Block after block of [d, BLOCK]; the last may be narrower. */
    private float[] transposed(float[] labelled, int count) {
        float[] transposed = new float[labelled.length];
        for (int from = 0; from < count; from += BLOCK) {
            int width = Math.min(BLOCK, count - from);
            for (int i = 0; i < width; i++) {
                for (int d = 0; d < dimensions; d++) {
                    transposed[from * dimensions + d * width + i] = labelled[(from + i) * dimensions + d];
                }
            }
        }
        return transposed;
    }

    private void row(float[] z, int row, float[] labelled, int[] labels, float[] scores) {
        float[] best = new float[classes * k]; // falling for each class
        Arrays.fill(best, Float.NEGATIVE_INFINITY);
        float[] cosines = new float[BLOCK];
        for (int from = 0; from < labels.length; from += BLOCK) {
            int width = Math.min(BLOCK, labels.length - from);
            Arrays.fill(cosines, 0);
            for (int d = 0; d < dimensions; d++) {
                add(cosines, z[row * dimensions + d], labelled, from * dimensions + d * width, width);
            }
            for (int i = 0; i < width; i++) {
                insert(best, labels[from + i] * k, cosines[i]);
            }
        }
        for (int c = 0; c < classes; c++) {
            scores[row * classes + c] = mean(best, c * k);
        }
    }

    /** cosines ← cosines + a·row, fused, which the compiler makes vectors of. */
    private static void add(float[] cosines, float a, float[] row, int from, int width) {
        for (int i = 0; i < width; i++) {
            cosines[i] = Math.fma(a, row[from + i], cosines[i]);
        }
    }

    private void insert(float[] best, int from, float cosine) {
        int place = from + k - 1;
        if (cosine <= best[place]) {
            return;
        }
        while (place > from && best[place - 1] < cosine) {
            best[place] = best[place - 1];
            place--;
        }
        best[place] = cosine;
    }

    private float mean(float[] best, int from) {
        float sum = 0;
        int count = 0;
        for (int i = from; i < from + k && best[i] > Float.NEGATIVE_INFINITY; i++) {
            sum += best[i];
            count++;
        }
        return sum / count;
    }
}
