package dev.steelyard.incremental.features;

import dev.steelyard.artifacts.dataset.Examples;
import dev.steelyard.artifacts.dataset.Matrix;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import java.io.IOException;

/** Encodes rows block by block; blocks always begin at the same rows, so that the bits do not hang on where it began. */
final class Encoding {
    private final JobContext job;
    private final FrozenEncoder encoder;
    private final int block;

    /** @param block rows at a time, 1 or more */
    Encoding(JobContext job, FrozenEncoder encoder, int block) {
        this.job = job;
        this.encoder = encoder;
        this.block = block;
    }

    /** Told after each block. */
    @FunctionalInterface
    interface Progress {
        /** @param done rows that are encoded */
        void encoded(int done) throws IOException;
    }

    /** Room for the vectors of some rows. */
    static float[] room(FrozenEncoder encoder, long rows) throws MethodException {
        if (rows * encoder.dimension() > Matrix.MAX_VALUES) {
            throw MethodException.input("data: %d rows of %d numbers; at most %d numbers are held"
                    .formatted(rows, encoder.dimension(), Matrix.MAX_VALUES));
        }
        return new float[Math.toIntExact(rows * encoder.dimension())];
    }

    /**
     * Encodes from a row on.
     *
     * @param part how messages call the rows: "" or "test/"
     * @param from a multiple of the block
     * @param values of all parts, of which these rows begin at {@code offset}
     * @throws MethodException naming the row whose vector is not finite
     */
    void run(String part, Examples rows, int from, float[] values, int offset, Progress progress)
            throws MethodException, IOException, InterruptedException {
        int width = encoder.dimension();
        for (int first = from; first < rows.size(); first += block) {
            job.checkCancelled();
            int end = Math.min(first + block, rows.size());
            float[] vectors = encoder.encode(rows, first, end);
            for (int i = 0; i < vectors.length; i++) {
                if (!Float.isFinite(vectors[i])) {
                    throw MethodException.input("data: %srow %d: feature %d comes out as %s"
                            .formatted(part, first + i / width, i % width, vectors[i]));
                }
            }
            System.arraycopy(vectors, 0, values, (offset + first) * width, vectors.length);
            progress.encoded(end);
        }
    }
}
