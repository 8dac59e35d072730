package dev.steelyard.incremental.lift;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.incremental.training.WeightFiles;
import dev.steelyard.method.MethodException;
import dev.steelyard.models.CheckpointWeights;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.models.llama.LlamaConfig;
import dev.steelyard.models.llama.LlamaModel;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A decoder in memory, in single precision, and the checkpoint that it came from and is written like. */
final class TunedModel implements AutoCloseable {
    private final Path folder;
    private final ParameterStore store = new ParameterStore();
    private final LlamaModel model;

    /**
     * Reads a decoder.
     *
     * @param mixed whether matrices are multiplied as bfloat16
     * @throws dev.steelyard.artifacts.ArtifactException naming a tensor that is missing or of another shape
     */
    TunedModel(Path folder, LlamaConfig config, Reparametrization form, boolean mixed) throws IOException {
        this.folder = folder;
        try (Checkpoint checkpoint = Checkpoint.open(folder);
                var _ = TensorScope.open()) {
            LlamaModel exact = LlamaModel.load(config, store, new CheckpointWeights(checkpoint), form);
            this.model = mixed ? exact.mixed() : exact;
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /**
     * What a folder's config.json says.
     *
     * @throws dev.steelyard.artifacts.ArtifactException when it is no decoder of the Llama family
     * @throws MethodException when the folder holds an adapter or quantized weights
     */
    static LlamaConfig config(Path folder) throws IOException, MethodException {
        if (Files.exists(folder.resolve("adapter_config.json"))) {
            throw MethodException.file(
                            "adapter_config.json",
                            "adapter_config.json: an adapter is not tuned; merge it into its model first")
                    .in(folder);
        }
        ModelConfig config = ModelConfig.read(folder);
        if (config.has("quantization_config")) {
            throw MethodException.file(
                            "config.json",
                            "config.json: quantization_config: quantized weights are not tuned; take the original")
                    .in(folder);
        }
        return LlamaConfig.read(config);
    }

    ParameterStore store() {
        return store;
    }

    /** Ids [rows, columns] to logits [rows, columns, vocabulary]. */
    Tensor forward(Tensor ids) {
        return model.forward(ids);
    }

    /**
     * Writes the folder again with other weights: the same files, shards and types. Entries that training left as they
     * were keep their bits.
     *
     * @param trained by name
     */
    void write(Path out, SequencedMap<String, Tensor> trained) throws IOException {
        WeightFiles.copy(folder, out);
        try (Checkpoint base = Checkpoint.open(folder);
                Checkpoint copy = Checkpoint.edit(out);
                var _ = NoGrad.begin()) {
            for (Map.Entry<String, Tensor> entry : trained.entrySet()) {
                try (var _ = TensorScope.open()) {
                    Tensor before = WeightFiles.tensor(base, entry.getKey());
                    Tensor now = entry.getValue().detach().to(ScalarType.Float).reshape(before.sizes());
                    Tensor same = before.to(ScalarType.Float).eq(now);
                    Tensor written = torch.where(same, before, now.to(before.scalar_type()));
                    copy.data(entry.getKey()).copyFrom(Tensors.segment(written.contiguous()));
                }
            }
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
