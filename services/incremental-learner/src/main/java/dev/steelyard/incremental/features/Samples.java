package dev.steelyard.incremental.features;

import dev.steelyard.artifacts.dataset.Dataset;
import dev.steelyard.artifacts.dataset.Examples;
import dev.steelyard.artifacts.dataset.FeatureSet;
import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.Labels;
import dev.steelyard.artifacts.dataset.Matrix;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.Tensors;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/**
 * Rows of a data set as vectors: its own, its pixels, or what a frozen encoder makes of its texts or images.
 *
 * @param values a row for each sample
 * @param labels one for each sample, if there are any
 * @param origin what the vectors are, so that others are not mixed with them
 * @param tested how many of the last rows are the data set's test part
 */
public record Samples(Matrix values, Optional<Labels> labels, String origin, int tested) {
    private static final int BLOCK = 256;

    /**
     * Reads all parts of the input {@code data}, with the input {@code encoder} where they need one; the test part last.
     *
     * @throws MethodException when the rows need an encoder that is not there, or one of another kind
     */
    public static Samples read(JobContext job, EncoderChoice choice)
            throws MethodException, IOException, InterruptedException {
        return of(data(job), job, choice);
    }

    /** The same, without the test part, which nothing is to be learned of. */
    public static Samples readToLearn(JobContext job, EncoderChoice choice)
            throws MethodException, IOException, InterruptedException {
        Dataset data = data(job);
        if (data.train().isEmpty() && data.validation().isEmpty()) {
            throw MethodException.input(
                    "data: has a test part alone, which is not learned; import it as training data");
        }
        if (data.test().isPresent()) {
            job.log("the test part of the data, %d rows, is not learned"
                    .formatted(data.test().get().size()));
        }
        return of(new Dataset(data.train(), data.validation(), Optional.empty()), job, choice);
    }

    /** All parts, for whom a part without labels takes those of the others away. */
    public static Samples readToPredict(JobContext job, EncoderChoice choice)
            throws MethodException, IOException, InterruptedException {
        Dataset data = data(job);
        return of(data.isLabelled() ? data : data.withoutLabels(), job, choice);
    }

    private static Dataset data(JobContext job) throws MethodException, IOException {
        return Dataset.read(job.optionalInput("data")
                .orElseThrow(() -> MethodException.parameter("/mode", "this mode needs the input data")));
    }

    private static Samples of(Dataset data, JobContext job, EncoderChoice choice)
            throws MethodException, IOException, InterruptedException {
        Examples rows = data.all();
        int tested = data.test().map(Examples::size).orElse(0);
        if (rows instanceof FeatureSet set) {
            return new Samples(set.values(), set.labels(), origin(set), tested);
        }
        if (rows instanceof ImageSet set && job.optionalInput(Encoders.INPUT).isEmpty()) {
            return new Samples(set.pixels(), set.labels(), new Pixels(set.shape()).origin(), tested);
        }
        try (FrozenEncoder encoder = Encoders.open(job, rows, choice)) {
            float[] values = Encoding.room(encoder, rows.size());
            new Encoding(job, encoder, BLOCK)
                    .run(
                            "",
                            rows,
                            0,
                            values,
                            0,
                            done -> job.progress(
                                    0.5 * done / rows.size(), "encoded %d of %d rows".formatted(done, rows.size())));
            return new Samples(
                    Matrix.of(rows.size(), encoder.dimension(), values), rows.labels(), encoder.origin(), tested);
        }
    }

    private static String origin(FeatureSet set) {
        String given = set.origin().get(FeatureSet.ORIGIN);
        Map<String, String> made = new TreeMap<>(set.origin());
        return given == null ? "features %d %s".formatted(set.values().columns(), made) : given;
    }

    public int size() {
        return values.rows();
    }

    /** @throws MethodException when there are none */
    public Labels requireLabels() throws MethodException {
        return labels.orElseThrow(() -> MethodException.input("data: has no labels, which this needs"));
    }

    /** Some samples [n, d], Double, owned by the innermost open scope. */
    public Tensor features(int[] rows) {
        double[] block = new double[Math.multiplyExact(rows.length, values.columns())];
        for (int i = 0; i < rows.length; i++) {
            values.copyRow(rows[i], block, i * values.columns());
        }
        return Tensors.of(block, rows.length, values.columns());
    }

    /** Class names of some samples. */
    public static String[] names(Labels labels, int[] rows) {
        String[] names = new String[rows.length];
        for (int i = 0; i < rows.length; i++) {
            names[i] = labels.name(rows[i]);
        }
        return names;
    }
}
