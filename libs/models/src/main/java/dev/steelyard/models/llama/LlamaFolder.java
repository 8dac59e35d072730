package dev.steelyard.models.llama;

import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.ShardedWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.json.JsonMapper;

/** A decoder as a folder that transformers reads; its tokenizer is for others to write. */
public final class LlamaFolder {
    private static final long SHARD = 5_000_000_000L; // bytes, as transformers cuts them
    private static final JsonMapper JSON = new JsonMapper();

    private LlamaFolder() {}

    /**
     * Writes {@code config.json}, {@code generation_config.json} and the weights in single precision, in shards of at
     * most 5 GB.
     *
     * @param folder where none of these files must exist
     * @param weights all of the model's, under their names in a checkpoint
     */
    public static void write(Path folder, LlamaConfig config, SequencedMap<String, Tensor> weights) throws IOException {
        write(folder.resolve("config.json"), config.fields());
        write(folder.resolve("generation_config.json"), config.textTokens());
        List<TensorInfo> infos = weights.entrySet().stream()
                .map(weight -> TensorInfo.of(weight.getKey(), DType.F32, Shapes.of(weight.getValue())))
                .toList();
        try (var writer = ShardedWriter.create(folder, infos, Map.of("format", "pt"), SHARD)) {
            for (Entry<String, Tensor> weight : weights.entrySet()) {
                try (var _ = TensorScope.open()) {
                    Tensor value = weight.getValue().detach().to(ScalarType.Float);
                    writer.write(weight.getKey(), 0, Tensors.segment(value.contiguous()));
                }
            }
            writer.finish();
        }
    }

    private static void write(Path file, Object fields) throws IOException {
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(fields) + "\n");
    }
}
