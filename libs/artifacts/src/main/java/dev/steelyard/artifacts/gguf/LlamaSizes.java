package dev.steelyard.artifacts.gguf;

import dev.steelyard.artifacts.ArtifactException;

/**
 * Sizes of a Llama decoder, as its file tells them.
 *
 * @param vocabulary rows of the token embedding
 * @param hidden width of a token's vector
 * @param inner width of the feed-forward layer
 * @param layers decoder layers
 * @param heads query heads in each layer
 * @param keyValueHeads key and value heads, a divisor of {@code heads}
 * @param head width of a head, even
 * @param context longest sequence
 * @param eps added to the mean square in a norm
 * @param theta base of the rotary wavelengths
 * @param tied whether the head is the token embedding
 */
record LlamaSizes(
        long vocabulary,
        long hidden,
        long inner,
        int layers,
        int heads,
        int keyValueHeads,
        long head,
        long context,
        double eps,
        double theta,
        boolean tied) {
    static final String ARCHITECTURE = "general.architecture";
    private static final String LLAMA = "llama";
    private static final long MAX_WIDTH = 1 << 20;
    private static final int MAX_LAYERS = 1024;
    private static final double USUAL_THETA = 10_000;

    /** @throws ArtifactException naming the setting that is missing, out of range or asks for what is not supported */
    static LlamaSizes read(GgufFile file) throws ArtifactException {
        GgufMetadata settings = file.metadata();
        String architecture = settings.text(ARCHITECTURE);
        if (!architecture.equals(LLAMA)) {
            throw refuse(file, ARCHITECTURE, "'" + architecture + "' is not supported; only llama is");
        }
        refuseVariants(file);
        long hidden = settings.integer("llama.embedding_length", 2, MAX_WIDTH);
        long heads = settings.integer("llama.attention.head_count", 1, hidden);
        long keyValueHeads = settings.integer("llama.attention.head_count_kv", 1, heads, heads);
        if (heads % keyValueHeads != 0) {
            throw refuse(file, "llama.attention.head_count_kv", keyValueHeads + " is no divisor of " + heads);
        }
        long head = settings.integer("llama.attention.key_length", 2, MAX_WIDTH, hidden / heads);
        for (String key : new String[] {"llama.attention.value_length", "llama.rope.dimension_count"}) {
            if (settings.integer(key, 1, MAX_WIDTH, head) != head) {
                throw refuse(file, key, "differs from the " + head + " that a head is wide, which is not supported");
            }
        }
        if (head % 2 != 0) {
            throw refuse(file, "llama.attention.key_length", head + " is odd");
        }
        return new LlamaSizes(
                embeddingRows(file),
                hidden,
                settings.integer("llama.feed_forward_length", 1, MAX_WIDTH * 16),
                (int) settings.integer("llama.block_count", 1, MAX_LAYERS),
                (int) heads,
                (int) keyValueHeads,
                head,
                settings.integer("llama.context_length", 1, Integer.MAX_VALUE),
                settings.positive("llama.attention.layer_norm_rms_epsilon", 1e-6),
                settings.positive("llama.rope.freq_base", USUAL_THETA),
                file.tensor(LlamaTensors.HEAD).isEmpty());
    }

    private static long embeddingRows(GgufFile file) throws ArtifactException {
        GgufTensor embedding = file.tensor(LlamaTensors.EMBEDDING)
                .orElseThrow(() -> new ArtifactException(file.name(), LlamaTensors.EMBEDDING, "is missing"));
        return embedding.rows();
    }

    private static void refuseVariants(GgufFile file) throws ArtifactException {
        GgufMetadata settings = file.metadata();
        if (settings.integer("llama.expert_count", 0, Integer.MAX_VALUE, 0) > 0) {
            throw refuse(file, "llama.expert_count", "mixtures of experts are not supported");
        }
        String scaling = settings.optionalText("llama.rope.scaling.type").orElse("none");
        if (!scaling.equals("none")) {
            throw refuse(file, "llama.rope.scaling.type", "'" + scaling + "' is not supported");
        }
        long parts = settings.integer("split.count", 0, Integer.MAX_VALUE, 1);
        if (parts > 1) {
            throw refuse(file, "split.count", "the model comes in " + parts + " files; merge them into one first");
        }
    }

    private static ArtifactException refuse(GgufFile file, String key, String detail) {
        return new ArtifactException(file.name(), null, key + ": " + detail);
    }
}
