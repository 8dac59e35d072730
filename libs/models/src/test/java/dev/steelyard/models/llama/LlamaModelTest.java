package dev.steelyard.models.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.models.CheckpointWeights;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.LowRankAdapter;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class LlamaModelTest {
    private static final Torch ENGINE = Torch.start(2);
    private static final Path REFERENCE = Path.of("src/test/resources/llama");
    private static final LlamaConfig SMALL =
            new LlamaConfig(17, 16, 24, 2, 4, 2, 4, 32, 1e-5, 10_000, true, -1, List.of());

    private final ParameterStore store = new ParameterStore();
    private final TensorScope scope = TensorScope.open();

    @AfterEach
    void closeAll() {
        scope.close();
        store.close();
    }

    /** Made by transformers; see llama_reference.py. */
    @ParameterizedTest
    @ValueSource(strings = {"grouped-tied", "plain-untied"})
    void logits_loss_and_gradients_are_those_of_transformers(String name) throws IOException {
        LlamaModel model = load(REFERENCE.resolve(name));
        Map<String, Tensor> expected = TensorFile.read(REFERENCE.resolve(name).resolve("expected.safetensors"));
        Tensor ids = of(expected, "ids");
        Tensor labels = of(expected, "labels");

        Tensor logits = model.forward(ids);
        Tensor loss = model.loss(ids.narrow(1, 0, 11), labels.narrow(1, 1, 11));
        loss.backward();

        assertThat(difference(logits, of(expected, "logits"))).isLessThan(2e-5);
        assertThat(difference(loss, of(expected, "loss"))).isLessThan(2e-6);
        assertThat(difference(gradient("model.layers.0.self_attn.k_proj.weight"), of(expected, "gradient")))
                .isLessThan(1e-5);
        assertThat(difference(gradient("model.embed_tokens.weight"), of(expected, "embedding_gradient")))
                .isLessThan(1e-5);
    }

    @Test
    void config_is_written_as_it_is_read(@TempDir Path folder) throws IOException {
        LlamaConfig config = LlamaConfig.read(ModelConfig.read(REFERENCE.resolve("plain-untied")));
        Files.writeString(folder.resolve("config.json"), new JsonMapper().writeValueAsString(config.fields()));

        assertThat(LlamaConfig.read(ModelConfig.read(folder))).isEqualTo(config);
        assertThat(config.ropeTheta()).isEqualTo(500);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"attention_bias\": true",
                "\"hidden_act\": \"gelu\"",
                "\"num_key_value_heads\": 3",
                "\"rope_scaling\": {\"rope_type\": \"yarn\"}",
                "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2.0}",
                "\"head_dim\": 5"
            })
    void what_the_decoder_does_not_do_is_refused(String field, @TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "llama", "vocab_size": 31, "hidden_size": 32, "intermediate_size": 40,
                 "num_hidden_layers": 2, "num_attention_heads": 4, %s}""".formatted(field));
        String name = field.substring(1, field.indexOf('"', 1));

        assertThatThrownBy(() -> LlamaConfig.read(ModelConfig.read(folder)))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining(name);
    }

    @Test
    void weight_of_another_shape_is_refused_by_name(@TempDir Path folder) throws IOException {
        Path reference = REFERENCE.resolve("grouped-tied");
        Files.copy(reference.resolve("model.safetensors"), folder.resolve("model.safetensors"));
        String json = Files.readString(reference.resolve("config.json"));
        Files.writeString(
                folder.resolve("config.json"), json.replace("\"intermediate_size\": 40", "\"intermediate_size\": 41"));

        assertThatThrownBy(() -> load(folder))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("model.layers.0.mlp.gate_proj.weight: expected [41, 32], found [40, 32]");
    }

    @Test
    void later_tokens_do_not_change_earlier_logits() {
        LlamaModel model = random(Reparametrization.NONE);
        Tensor all = model.forward(Tensors.of(new long[] {3, 1, 4, 1, 5, 9}, 1, 6));
        Tensor cut = model.forward(Tensors.of(new long[] {3, 1, 4}, 1, 3));

        assertThat(difference(all.narrow(1, 0, 3), cut)).isLessThan(1e-6);
        assertThat(difference(all.narrow(1, 3, 3), cut)).isGreaterThan(1e-3);
    }

    @Test
    void adapters_train_the_matrices_of_the_layers_and_nothing_else() {
        try (var values = new RandomTensors(ENGINE, 5)) {
            random(new LowRankAdapter(values, 2, 4));
        }

        assertThat(store.parameters())
                .extracting(Parameter::name)
                .filteredOn(name -> name.contains("lora_A"))
                .hasSize(2 * 7)
                .contains("model.layers.1.mlp.down_proj.lora_A.weight");
        assertThat(store.parameters()).extracting(Parameter::name).contains("model.embed_tokens.weight");
        assertThat(store.parameters())
                .extracting(Parameter::name)
                .doesNotContain("model.layers.1.mlp.down_proj.weight");
    }

    private LlamaModel random(Reparametrization form) {
        try (var values = new RandomTensors(ENGINE, 4)) {
            return LlamaModel.create(SMALL, store, values, form);
        }
    }

    private LlamaModel load(Path folder) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            return LlamaModel.load(
                    LlamaConfig.read(ModelConfig.read(folder)),
                    store,
                    new CheckpointWeights(checkpoint),
                    Reparametrization.NONE);
        }
    }

    private Tensor gradient(String name) {
        return store.parameters().stream()
                .filter(p -> p.name().equals(name))
                .map(p -> p.value().grad())
                .findFirst()
                .orElseThrow();
    }

    private static Tensor of(Map<String, Tensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name));
    }

    private static double difference(Tensor a, Tensor b) {
        assertThat(Shapes.of(a)).isEqualTo(Shapes.of(b));
        try (var _ = NoGrad.begin()) {
            return a.sub(b).abs().max().item_double();
        }
    }
}
