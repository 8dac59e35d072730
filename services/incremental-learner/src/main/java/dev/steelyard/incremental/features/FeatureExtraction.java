package dev.steelyard.incremental.features;

import dev.steelyard.artifacts.dataset.Dataset;
import dev.steelyard.artifacts.dataset.FeatureSet;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Port;
import dev.steelyard.tensor.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes vectors of a data set's texts or images once, so that jobs that learn on them need not encode again. A frozen
 * sentence encoder (Reimers and Gurevych, "Sentence-BERT", EMNLP 2019, arXiv:1908.10084), an image classifier that this
 * service trained, or the pixels themselves.
 */
public final class FeatureExtraction implements Method<FeatureParams> {
    private static final int SAVED_STATES = 16;
    private static final int FEWEST_ROWS = 2048;
    private static final MethodSpec<FeatureParams> SPEC = MethodSpec.of("features", "2", FeatureParams.class)
            .summary("Makes vectors of texts or images with a frozen encoder, for jobs that learn on them.")
            .paper("Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks", "arXiv:1908.10084")
            .description("""
                    Texts go through a sentence encoder, images through an image classifier that adamp, wad or \
                    weight-compander trained, up to its last layer; without an encoder, images become their pixels. \
                    The result is a data set of vectors with the same labels and parts, which says how it was made: \
                    jobs such as g-acil take such vectors and those they would encode themselves for the same.

                    Takes 4 bytes for each number of the result. A job that was interrupted continues after the last \
                    rows saved and ends with the same bits.""")
            .input(Port.dataset("data", "texts or images, with or without labels"))
            .input(Port.model(
                            "encoder",
                            "sentence encoder, or image classifier of adamp, wad or weight-compander; images can go without")
                    .optional())
            .output(Port.dataset("features", "features.safetensors for each part, and labels.json"))
            .example("As the model pools", "{}")
            .example("The first token's vector", "{\"pool\": \"cls\"}")
            .build();

    @Override
    public MethodSpec<FeatureParams> spec() {
        return SPEC;
    }

    @Override
    public Outputs run(FeatureParams params, JobContext job) throws MethodException, IOException, InterruptedException {
        Torch.start(job.threads());
        Path folder = job.input("data");
        Dataset data = Dataset.read(folder);
        List<Part> parts = Part.of(data);
        try (FrozenEncoder encoder =
                Encoders.open(job, parts.getFirst().rows(), new EncoderChoice(params.pool(), params.layer()))) {
            int rows = parts.stream().mapToInt(part -> part.rows().size()).sum();
            float[] values = encode(params, job, parts, encoder, rows);
            Map<String, String> origin = new TreeMap<>(encoder.description());
            origin.put(FeatureSet.ORIGIN, encoder.origin());
            origin.put("data", FileHash.of(folder));
            FeatureFolder.write(job.output("features"), parts, encoder.dimension(), values, origin);
            return Outputs.of("features").with("rows", rows).with("numbers", encoder.dimension());
        }
    }

    private static float[] encode(
            FeatureParams params, JobContext job, List<Part> parts, FrozenEncoder encoder, int rows)
            throws MethodException, IOException, InterruptedException {
        float[] values = Encoding.room(encoder, rows);
        SavedRows saved = new SavedRows(job, encoder, values);
        int done = saved.restore();
        int every = Math.max(FEWEST_ROWS, rows / SAVED_STATES);
        Encoding encoding = new Encoding(job, encoder, params.batch());
        int before = 0;
        for (Part part : parts) {
            int size = part.rows().size();
            int first = before;
            encoding.run(part.prefix(), part.rows(), Math.clamp(done - first, 0, size), values, first, end -> {
                job.progress((double) (first + end) / rows, "%d of %d rows".formatted(first + end, rows));
                saved.offer(first + end, every);
            });
            before += size;
        }
        return values;
    }
}
