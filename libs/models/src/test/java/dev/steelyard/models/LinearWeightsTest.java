package dev.steelyard.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.SafetensorsWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinearWeightsTest {
    @TempDir
    Path folder;

    @Test
    void bert_has_six_in_each_layer_and_the_pooler() throws IOException {
        String layer = "bert.encoder.layer.0.";
        assertThat(find(
                        "bert",
                        List.of(
                                matrix("bert.embeddings.word_embeddings.weight"),
                                matrix("bert.embeddings.token_type_embeddings.weight"),
                                matrix(layer + "attention.self.query.weight"),
                                matrix(layer + "attention.self.key.weight"),
                                matrix(layer + "attention.self.value.weight"),
                                matrix(layer + "attention.output.dense.weight"),
                                TensorInfo.of(layer + "attention.output.LayerNorm.weight", DType.F32, 4),
                                matrix(layer + "intermediate.dense.weight"),
                                matrix(layer + "output.dense.weight"),
                                TensorInfo.of(layer + "output.dense.bias", DType.F32, 4),
                                matrix("bert.pooler.dense.weight"),
                                matrix("cls.predictions.decoder.weight"))))
                .containsExactlyInAnyOrder(
                        layer + "attention.self.query.weight",
                        layer + "attention.self.key.weight",
                        layer + "attention.self.value.weight",
                        layer + "attention.output.dense.weight",
                        layer + "intermediate.dense.weight",
                        layer + "output.dense.weight",
                        "bert.pooler.dense.weight");
    }

    @Test
    void other_models_have_their_matrices_that_are_no_embeddings_or_norms() throws IOException {
        assertThat(find(
                        "llama",
                        List.of(
                                matrix("model.embed_tokens.weight"),
                                matrix("model.layers.0.self_attn.q_proj.weight"),
                                TensorInfo.of("model.layers.0.mlp.down_proj.weight", DType.BF16, 4, 8),
                                TensorInfo.of("model.layers.0.input_layernorm.weight", DType.F32, 4),
                                matrix("model.layers.0.post_norm.weight"),
                                TensorInfo.of("model.layers.0.mlp.packed.weight", DType.I8, 4, 4),
                                TensorInfo.of("vision.patch.weight", DType.F32, 4, 3, 2, 2),
                                matrix("model.layers.0.rotary_emb.inv_freq"),
                                matrix("lm_head.weight"))))
                .containsExactlyInAnyOrder(
                        "model.layers.0.self_attn.q_proj.weight",
                        "model.layers.0.mlp.down_proj.weight",
                        "lm_head.weight");
    }

    @Test
    void sizes_and_place_are_told() throws IOException {
        write("llama", List.of(TensorInfo.of("down_proj.weight", DType.BF16, 4, 8)));
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(LinearWeights.of(checkpoint, ModelConfig.read(folder)))
                    .containsExactly(new LinearWeight("down_proj.weight", "model.safetensors", 4, 8, DType.BF16));
        }
    }

    @Test
    void transposed_matrices_are_refused() {
        assertThatThrownBy(() -> find("gpt2", List.of(matrix("h.0.mlp.c_fc.weight"))))
                .hasMessageContaining("config.json: model_type");
    }

    @Test
    void a_matrix_of_another_size_than_the_config_says_is_refused_by_name() throws IOException {
        String layer = "encoder.layer.0.";
        List<TensorInfo> right = List.of(
                matrix(layer + "attention.self.query.weight"),
                matrix(layer + "attention.output.dense.weight"),
                TensorInfo.of(layer + "intermediate.dense.weight", DType.F32, 8, 4),
                TensorInfo.of(layer + "output.dense.weight", DType.F32, 4, 8));
        String sizes = "bert\", \"hidden_size\": 4, \"intermediate_size\": 8, \"x\": \"";
        assertThat(find(sizes, right)).hasSize(4);
        Files.delete(folder.resolve("model.safetensors"));

        List<TensorInfo> wrong = List.of(TensorInfo.of(layer + "output.dense.weight", DType.F32, 8, 4));
        assertThatThrownBy(() -> find(sizes, wrong))
                .hasMessageContaining("model.safetensors")
                .hasMessageContaining("encoder.layer.0.output.dense.weight")
                .hasMessageContaining("expected [4, 8] by config.json, found ");
    }

    private static TensorInfo matrix(String name) {
        return TensorInfo.of(name, DType.F32, 4, 4);
    }

    private List<String> find(String modelType, List<TensorInfo> tensors) throws IOException {
        write(modelType, tensors);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            return LinearWeights.of(checkpoint, ModelConfig.read(folder)).stream()
                    .map(LinearWeight::name)
                    .toList();
        }
    }

    private void write(String modelType, List<TensorInfo> tensors) throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"" + modelType + "\"}");
        try (var writer = SafetensorsWriter.create(folder.resolve("model.safetensors"), tensors, Map.of())) {
            for (TensorInfo tensor : tensors) {
                writer.write(tensor.name(), 0, MemorySegment.ofArray(new byte[(int) tensor.byteSize()]));
            }
            writer.finish();
        }
    }
}
