package dev.steelyard.incremental.gacil;

import dev.steelyard.artifacts.Sha256;
import dev.steelyard.artifacts.dataset.Dataset;
import dev.steelyard.artifacts.dataset.Examples;
import dev.steelyard.artifacts.dataset.FeatureSet;
import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.Labels;
import dev.steelyard.artifacts.dataset.Matrix;
import dev.steelyard.artifacts.dataset.TextSet;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.models.CheckpointWeights;
import dev.steelyard.models.text.SentenceEncoder;
import dev.steelyard.tensor.Tensors;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/**
 * Features of a data set: its own vectors, its pixels, or its texts through a frozen encoder.
 *
 * @param values a row for each sample
 * @param labels one for each sample, if there are any
 * @param origin what the features are, so that others are not mixed with them
 */
record Samples(Matrix values, Optional<Labels> labels, String origin) {
    private static final int AT_ONCE = 256;

    /**
     * Reads the inputs {@code data} and {@code encoder}.
     *
     * @throws MethodException when texts come without an encoder
     */
    static Samples read(JobContext job) throws MethodException, IOException, InterruptedException {
        Path folder = job.optionalInput("data")
                .orElseThrow(() -> MethodException.parameter("/mode", "this mode needs the input data"));
        return of(job, Dataset.read(folder).all());
    }

    static Samples of(JobContext job, Examples examples) throws MethodException, IOException, InterruptedException {
        return switch (examples) {
            case FeatureSet set -> new Samples(set.values(), set.labels(), origin(set));
            case ImageSet set -> new Samples(set.pixels(), set.labels(), "pixels " + set.shape());
            case TextSet set -> encode(job, set);
        };
    }

    private static String origin(FeatureSet set) {
        Map<String, String> made = new TreeMap<>(set.origin());
        return "features %d %s".formatted(set.values().columns(), made);
    }

    private static Samples encode(JobContext job, TextSet set)
            throws MethodException, IOException, InterruptedException {
        Path folder = job.optionalInput("encoder")
                .orElseThrow(() -> MethodException.input("data: holds texts, which need the input encoder"));
        try (Checkpoint checkpoint = Checkpoint.open(folder);
                SentenceEncoder encoder = SentenceEncoder.open(folder, new CheckpointWeights(checkpoint))) {
            int width = encoder.dimension();
            float[] values = new float[Math.multiplyExact(set.size(), width)];
            for (int from = 0; from < set.size(); from += AT_ONCE) {
                job.checkCancelled();
                int to = Math.min(from + AT_ONCE, set.size());
                float[][] rows = encoder.encode(set.texts().subList(from, to));
                for (int i = 0; i < rows.length; i++) {
                    System.arraycopy(rows[i], 0, values, (from + i) * width, width);
                }
                job.progress(0.5 * to / set.size(), "encoded %d of %d texts".formatted(to, set.size()));
            }
            return new Samples(
                    Matrix.of(set.size(), width, values), set.labels(), "text " + hash(folder, checkpoint.files()));
        }
    }

    private static String hash(Path folder, Iterable<String> files) throws IOException {
        MessageDigest digest = Sha256.digest();
        for (String file : files) {
            add(digest, folder.resolve(file));
        }
        for (String file : List.of("config.json", "tokenizer.json")) {
            add(digest, folder.resolve(file));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(MessageDigest digest, Path file) throws IOException {
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
    }

    int size() {
        return values.rows();
    }

    /** @throws MethodException when there are none */
    Labels requireLabels() throws MethodException {
        return labels.orElseThrow(() -> MethodException.input("data: has no labels, which this needs"));
    }

    /** Some samples [n, d], Double, owned by the innermost open scope. */
    Tensor features(int[] rows) {
        double[] block = new double[Math.multiplyExact(rows.length, values.columns())];
        for (int i = 0; i < rows.length; i++) {
            values.copyRow(rows[i], block, i * values.columns());
        }
        return Tensors.of(block, rows.length, values.columns());
    }

    /** Class names of some samples. */
    static String[] names(Labels labels, int[] rows) {
        String[] names = new String[rows.length];
        for (int i = 0; i < rows.length; i++) {
            names[i] = labels.name(rows[i]);
        }
        return names;
    }
}
