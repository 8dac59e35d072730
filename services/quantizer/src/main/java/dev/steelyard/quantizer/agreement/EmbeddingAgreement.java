package dev.steelyard.quantizer.agreement;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.models.CheckpointWeights;
import dev.steelyard.models.Weights;
import dev.steelyard.models.text.SentenceEncoder;
import dev.steelyard.quantizer.compressed.CompressedWeights;
import dev.steelyard.tensor.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Cosines between the sentence vectors of a BERT encoder before and after quantization. */
public final class EmbeddingAgreement {
    private static final int STEP = 64;

    private final JobContext job;
    private final List<String> sentences;

    /**
     * @param dataset .txt or .jsonl files
     * @throws MethodException when there is no sentence in it
     */
    public EmbeddingAgreement(Path dataset, JobContext job) throws MethodException, IOException {
        this.job = job;
        sentences = Sentences.read(dataset);
    }

    /**
     * Encodes all sentences with both.
     *
     * @param original folder of the model, with its tokenizer
     * @param quantized folder in the compressed-tensors layout
     * @throws MethodException when the original is no BERT encoder with mean pooling
     */
    public Agreement measure(Path original, Path quantized) throws MethodException, IOException, InterruptedException {
        Torch.start(job.threads());
        try (var before = Checkpoint.open(original);
                var after = Checkpoint.open(quantized)) {
            List<float[]> expected = encode(original, new CheckpointWeights(before), "original");
            List<float[]> actual = encode(original, new CompressedWeights(after), "quantized");
            return compare(expected, actual);
        } catch (ArtifactException e) {
            throw MethodException.input("sentences: embeddings cannot be compared: " + e.getMessage());
        }
    }

    private List<float[]> encode(Path folder, Weights weights, String which) throws IOException, InterruptedException {
        List<float[]> vectors = new ArrayList<>();
        try (SentenceEncoder encoder = SentenceEncoder.open(folder, weights)) {
            for (int from = 0; from < sentences.size(); from += STEP) {
                job.checkCancelled();
                job.progress(
                        0.95,
                        "embeddings of the %s model: %d of %d sentences".formatted(which, from, sentences.size()));
                int to = Math.min(from + STEP, sentences.size());
                vectors.addAll(List.of(encoder.encode(sentences.subList(from, to))));
            }
        }
        return vectors;
    }

    private Agreement compare(List<float[]> expected, List<float[]> actual) {
        double sum = 0;
        double least = Double.POSITIVE_INFINITY;
        String worst = "";
        for (int i = 0; i < sentences.size(); i++) {
            double cosine = dot(expected.get(i), actual.get(i));
            sum += cosine;
            if (cosine < least) {
                least = cosine;
                worst = sentences.get(i);
            }
        }
        return new Agreement(sentences.size(), sum / sentences.size(), least, worst);
    }

    /** Of vectors of length 1, their cosine. */
    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
