package dev.steelyard.models.llama;

import dev.steelyard.models.Weights;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.RandomTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A Llama decoder to train: tokens to the logits of the next token, with gradients. Its parameters lie in a store, Float,
 * under the names that transformers gives them ({@code model.layers.0.self_attn.q_proj.weight}); attention's and
 * feed-forward layers' matrices come from a {@link Reparametrization}. Touvron et al., arXiv:2302.13971.
 */
public final class LlamaModel {
    /** Target that counts for no loss. */
    public static final long IGNORED = -100;

    private static final long MEAN = 1; // at::Reduction

    private final LlamaConfig config;
    private final Tensor embedding; // [vocabulary, hidden]
    private final List<LlamaLayer> layers;
    private final RmsNorm norm;
    private final Tensor head; // [vocabulary, hidden]
    private final Arithmetic arithmetic;

    private LlamaModel(LlamaConfig config, ParameterSource source) {
        this.config = config;
        arithmetic = Arithmetic.FLOAT;
        embedding = source.plain("model.embed_tokens.weight", config.vocabularySize(), config.hiddenSize());
        layers = IntStream.range(0, config.layers())
                .mapToObj(i -> LlamaLayer.create(config, source, "model.layers." + i))
                .toList();
        norm = source.norm("model.norm.weight", config.hiddenSize());
        head = config.tied() ? embedding : source.plain("lm_head.weight", config.vocabularySize(), config.hiddenSize());
    }

    private LlamaModel(LlamaModel same, Arithmetic arithmetic) {
        config = same.config;
        embedding = same.embedding;
        layers = same.layers;
        norm = same.norm;
        head = same.head;
        this.arithmetic = arithmetic;
    }

    /** A new model: matrices normal with deviation 0.02, gains 1. */
    public static LlamaModel create(
            LlamaConfig config, ParameterStore store, RandomTensors random, Reparametrization form) {
        return new LlamaModel(
                config, new ParameterSource(store, form, ParameterSource.random(random), config.normEps()));
    }

    /**
     * A model from a checkpoint of any floating-point type.
     *
     * @throws dev.steelyard.artifacts.ArtifactException naming a weight that is missing or has another shape
     */
    public static LlamaModel load(LlamaConfig config, ParameterStore store, Weights weights, Reparametrization form)
            throws IOException {
        try {
            return new LlamaModel(
                    config, new ParameterSource(store, form, ParameterSource.loaded(weights), config.normEps()));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * The same parameters, multiplied as bfloat16 with sums in single precision; parameters and gradients, norms, attention,
     * residual sums and the loss stay in single precision.
     */
    public LlamaModel mixed() {
        return new LlamaModel(this, Arithmetic.BFLOAT16);
    }

    public LlamaConfig config() {
        return config;
    }

    /**
     * Logits of the token after each.
     *
     * @param ids [n, t], Long; what stands behind a token does not change its logits, so rows may be filled up on the
     *     right
     * @return [n, t, vocabulary], Float
     */
    public Tensor forward(Tensor ids) {
        Tensor logits = arithmetic.linear(arithmetic.operand(hidden(ids)), head);
        return logits.to(ScalarType.Float);
    }

    /** The vectors behind the logits, after the last norm: [n, t, hidden]. */
    public Tensor hidden(Tensor ids) {
        Rotary rotary = Rotary.of(config, (int) ids.size(1));
        Tensor x = torch.embedding(embedding, ids);
        for (LlamaLayer layer : layers) {
            x = layer.forward(x, rotary, arithmetic);
        }
        return norm.forward(x);
    }

    /**
     * Mean cross-entropy of the next tokens, in nats.
     *
     * @param ids [n, t], Long
     * @param targets [n, t], Long: the token that follows each, or {@link #IGNORED}
     * @return a scalar
     */
    public Tensor loss(Tensor ids, Tensor targets) {
        Tensor logits = forward(ids).flatten(0, 1); // [n·t, vocabulary]
        return torch.cross_entropy_loss(logits, targets.flatten(), new TensorOptional(), MEAN, IGNORED, 0.0);
    }
}
