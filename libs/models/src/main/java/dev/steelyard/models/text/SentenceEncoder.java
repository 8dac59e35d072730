package dev.steelyard.models.text;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.models.Weights;
import dev.steelyard.models.bert.BertConfig;
import dev.steelyard.models.bert.BertEncoder;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Maps a sentence to a vector of length 1, whose dot product with another's says how close they are in meaning: a BERT
 * encoder, one vector of all its tokens' by {@link Pooling}, L2 normalization (Reimers and Gurevych, "Sentence-BERT", 2019, arXiv:1908.10084).
 */
public final class SentenceEncoder implements AutoCloseable {
    private static final int BATCH = 32;
    private static final int DEFAULT_MAX_TOKENS = 256;
    private static final String LENGTH_FILE = "sentence_bert_config.json";

    private final TextTokenizer tokenizer;
    private final BertEncoder encoder;
    private final Pooling pooling;

    private SentenceEncoder(TextTokenizer tokenizer, BertEncoder encoder, Pooling pooling) {
        this.tokenizer = tokenizer;
        this.encoder = encoder;
        this.pooling = pooling;
    }

    /**
     * Reads config.json and tokenizer.json of a model's folder, and from sentence_bert_config.json, where there is one,
     * how many tokens of a sentence count (else 256, or what the model has positions for). Pools as the model asks.
     *
     * @param weights must outlive the encoder
     * @throws ArtifactException when a file is unusable, the model pools in a way that is not known here, or modules.json
     *     names another module than Transformer, Pooling and Normalize
     */
    public static SentenceEncoder open(Path folder, Weights weights) throws IOException {
        return open(folder, weights, Pooling.of(folder));
    }

    /** The same with a way to pool that goes before the model's own. */
    public static SentenceEncoder open(Path folder, Weights weights, Pooling pooling) throws IOException {
        SentenceModules.requireKnown(folder);
        BertConfig config = BertConfig.read(ModelConfig.read(folder));
        TextTokenizer tokenizer = TextTokenizer.open(folder, maxTokens(folder, config), config.vocabularySize());
        try {
            return new SentenceEncoder(tokenizer, BertEncoder.load(config, weights), pooling);
        } catch (IOException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /** Numbers in a vector. */
    public int dimension() {
        return encoder.config().hiddenSize();
    }

    /** How tokens become one vector. */
    public Pooling pooling() {
        return pooling;
    }

    /** Tokens of a text that count. */
    public int maxTokens() {
        return tokenizer.maxTokens();
    }

    /** @return [n][dimension], each row of length 1, in the order of the sentences */
    public float[][] encode(List<String> sentences) {
        List<long[]> tokens = sentences.stream().map(tokenizer::encode).toList();
        // Sentences of like length go together, so that little is computed for padding.
        int[] order = IntStream.range(0, tokens.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> tokens.get(i).length))
                .mapToInt(Integer::intValue)
                .toArray();
        float[][] vectors = new float[tokens.size()][];
        for (int start = 0; start < order.length; start += BATCH) {
            int end = Math.min(start + BATCH, order.length);
            List<long[]> batch = new ArrayList<>();
            for (int i = start; i < end; i++) {
                batch.add(tokens.get(order[i]));
            }
            float[][] encoded =
                    encodeBatch(TokenBatch.pad(batch, encoder.config().padToken()));
            for (int i = start; i < end; i++) {
                vectors[order[i]] = encoded[i - start];
            }
        }
        return vectors;
    }

    private float[][] encodeBatch(TokenBatch batch) {
        try (var _ = TensorScope.open()) {
            Tensor pooled = normalize(pooling.pool(encoder.forward(batch), batch)); // [n, hidden]
            float[] flat = Tensors.toFloats(pooled);
            float[][] rows = new float[batch.size()][dimension()];
            for (int i = 0; i < rows.length; i++) {
                System.arraycopy(flat, i * dimension(), rows[i], 0, dimension());
            }
            return rows;
        }
    }

    private static Tensor normalize(Tensor x) {
        Tensor norm = x.mul(x).sum(new long[] {-1}, true, null).sqrt(); // [n, 1]
        return x.div(norm.clamp_min(new Scalar(1e-12)));
    }

    private static int maxTokens(Path folder, BertConfig config) throws IOException {
        int fallback = Math.min(DEFAULT_MAX_TOKENS, config.maxPositions());
        if (!Files.exists(folder.resolve(LENGTH_FILE))) {
            return fallback;
        }
        return ModelConfig.read(folder, LENGTH_FILE).integer("max_seq_length", 3, config.maxPositions(), fallback);
    }

    @Override
    public void close() {
        encoder.close();
        tokenizer.close();
    }
}
