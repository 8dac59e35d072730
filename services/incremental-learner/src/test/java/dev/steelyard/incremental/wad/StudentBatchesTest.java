package dev.steelyard.incremental.wad;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.ImageShape;
import dev.steelyard.artifacts.dataset.Matrix;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.ParamsReader;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StudentBatchesTest {
    private static final int LABELLED = 4;
    private static final int POOL = 6;
    private static final ImageShape SHAPE = new ImageShape(1, 8, 8);

    private static StudentBatch batch(String weighting, String strong) throws MethodException {
        WadParams params =
                ParamsReader.of(WadParams.class, ParamsReader.validator()).read("""
                {"weighting": "%s", "student": {"strong": "%s", "batch": 3, "unlabelledBatch": 3}}""".formatted(weighting, strong));
        return new StudentBatches(params, images(), new Pool(new int[LABELLED], POOL), 5, 1)
                .load(0, new int[] {0, 2, 4});
    }

    private static ImageSet images() {
        float[] pixels = new float[(LABELLED + POOL) * SHAPE.size()];
        var random = new SplittableRandom(7);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextFloat();
        }
        return new ImageSet(SHAPE, Matrix.of(LABELLED + POOL, SHAPE.size(), pixels), Optional.empty());
    }

    @Test
    void strong_changes_are_of_none_of_the_pool_or_of_all() throws MethodException {
        StudentBatch none = batch("wad", "none");
        StudentBatch pool = batch("wad", "pool");
        StudentBatch all = batch("wad", "all");

        assertThat(pool.labelled().pixels()).isEqualTo(none.labelled().pixels());
        assertThat(all.labelled().pixels()).isNotEqualTo(none.labelled().pixels());
        assertThat(all.pool().pixels())
                .isEqualTo(pool.pool().pixels())
                .isNotEqualTo(none.pool().pixels());
        assertThat(batch("threshold", "all").pool().pixels())
                .as("images of which the threshold's student tells the class")
                .isEqualTo(batch("threshold", "none").pool().pixels());
    }
}
