package dev.steelyard.incremental.features;

import dev.steelyard.artifacts.dataset.Examples;
import dev.steelyard.artifacts.dataset.TextSet;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.models.CheckpointWeights;
import dev.steelyard.models.text.Pooling;
import dev.steelyard.models.text.SentenceEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Texts through a sentence encoder. */
final class TextEncoder implements FrozenEncoder {
    private final Checkpoint checkpoint;
    private final SentenceEncoder encoder;
    private final String hash;

    private TextEncoder(Checkpoint checkpoint, SentenceEncoder encoder, String hash) {
        this.checkpoint = checkpoint;
        this.encoder = encoder;
        this.hash = hash;
    }

    static TextEncoder open(Path folder, String pool) throws IOException {
        Checkpoint checkpoint = Checkpoint.open(folder);
        try {
            Pooling pooling = pool.equals(EncoderChoice.AUTO) ? Pooling.of(folder) : Pooling.of(pool);
            var encoder = SentenceEncoder.open(folder, new CheckpointWeights(checkpoint), pooling);
            List<String> files = new ArrayList<>(checkpoint.files());
            files.addAll(List.of("config.json", "tokenizer.json"));
            return new TextEncoder(checkpoint, encoder, FileHash.of(folder, files));
        } catch (IOException | RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    @Override
    public int dimension() {
        return encoder.dimension();
    }

    @Override
    public String origin() {
        return "text encoder %s, pool %s, %d tokens"
                .formatted(hash, encoder.pooling().label(), encoder.maxTokens());
    }

    @Override
    public Map<String, String> description() {
        return Map.of(
                "encoder",
                hash,
                "pool",
                encoder.pooling().label(),
                "preprocessing",
                "at most %d tokens; vectors of length 1".formatted(encoder.maxTokens()));
    }

    @Override
    public float[] encode(Examples rows, int from, int to) {
        float[][] vectors = encoder.encode(((TextSet) rows).texts().subList(from, to));
        float[] flat = new float[Math.multiplyExact(vectors.length, dimension())];
        for (int i = 0; i < vectors.length; i++) {
            System.arraycopy(vectors[i], 0, flat, i * dimension(), dimension());
        }
        return flat;
    }

    @Override
    public void close() {
        encoder.close();
        checkpoint.close();
    }
}
