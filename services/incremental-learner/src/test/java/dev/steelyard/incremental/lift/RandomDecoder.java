package dev.steelyard.incremental.lift;

import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.ShardedWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.tensor.ScalarTypes;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.train.RandomTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A decoder over bytes of the Llama family with random weights, head and embedding tied, as a Hugging Face folder.
 *
 * @param groups heads of keys and values
 * @param deviation of all weights but norms, which are 1
 * @param embedding deviation of the embedding
 */
record RandomDecoder(
        int width, int layers, int heads, int groups, int intermediate, double deviation, double embedding) {
    /** 16 wide, with two layers. */
    static final RandomDecoder SMALL = new RandomDecoder(16, 2, 2, 1, 24, 0.25, 1);

    /**
     * Writes config.json and shards.
     *
     * @param shardBytes most bytes of tensors in a shard
     */
    Path write(Torch engine, Path folder, DType type, long shardBytes, long seed) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 256, "hidden_size": %d, \
                "num_hidden_layers": %d, "num_attention_heads": %d, "num_key_value_heads": %d, \
                "intermediate_size": %d, "max_position_embeddings": 64, "rms_norm_eps": 1e-6, \
                "rope_theta": 10000.0, "hidden_act": "silu", "tie_word_embeddings": true}
                """.formatted(width, layers, heads, groups, intermediate));
        List<TensorInfo> tensors = tensors(type);
        try (var random = new RandomTensors(engine, seed);
                var _ = TensorScope.open();
                var writer = ShardedWriter.create(folder, tensors, Map.of("format", "pt"), shardBytes)) {
            for (TensorInfo info : tensors) {
                long[] shape = info.shape().stream().mapToLong(Long::longValue).toArray();
                double spread = info.name().contains("embed") ? embedding : deviation;
                Tensor values = shape.length == 1 ? torch.ones(shape) : random.normal(spread, shape);
                writer.write(
                        info.name(),
                        0,
                        Tensors.segment(values.to(ScalarTypes.of(type)).contiguous()));
            }
            writer.finish();
        }
        return folder;
    }

    private List<TensorInfo> tensors(DType type) {
        long keys = (long) width / heads * groups;
        List<TensorInfo> tensors = new ArrayList<>();
        tensors.add(TensorInfo.of("model.embed_tokens.weight", type, 256, width));
        for (int layer = 0; layer < layers; layer++) {
            String prefix = "model.layers." + layer + ".";
            for (String norm : List.of("input_layernorm", "post_attention_layernorm")) {
                tensors.add(TensorInfo.of(prefix + norm + ".weight", type, width));
            }
            tensors.add(TensorInfo.of(prefix + "self_attn.q_proj.weight", type, width, width));
            tensors.add(TensorInfo.of(prefix + "self_attn.k_proj.weight", type, keys, width));
            tensors.add(TensorInfo.of(prefix + "self_attn.v_proj.weight", type, keys, width));
            tensors.add(TensorInfo.of(prefix + "self_attn.o_proj.weight", type, width, width));
            tensors.add(TensorInfo.of(prefix + "mlp.gate_proj.weight", type, intermediate, width));
            tensors.add(TensorInfo.of(prefix + "mlp.up_proj.weight", type, intermediate, width));
            tensors.add(TensorInfo.of(prefix + "mlp.down_proj.weight", type, width, intermediate));
        }
        tensors.add(TensorInfo.of("model.norm.weight", type, width));
        return tensors;
    }
}
