package dev.steelyard.models.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.steelyard.artifacts.gguf.GgufFile;
import dev.steelyard.artifacts.gguf.GgufImport;
import dev.steelyard.artifacts.gguf.WeightType;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.models.CheckpointWeights;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.models.text.TextTokenizer;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The real SmolLM2-135M-Instruct, imported from its GGUF file, speaks as it does in transformers; see
 * smollm2_reference.py. The file is not part of the project: {@code examples/smollm2/fetch} puts it into target/models,
 * and without it the tests are skipped.
 */
class SmolLm2Test {
    private static final Path GGUF = Path.of("../../target/models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf");
    private static final Path REFERENCE = Path.of("src/test/resources/smollm2");
    private static final Path PROSE = Path.of("../../examples/all-minilm-l6-v2/sentences.txt");

    @TempDir
    static Path folder = Path.of("");

    private static final ParameterStore STORE = new ParameterStore();

    @BeforeAll
    static void importIt() throws IOException {
        assumeTrue(Files.isRegularFile(GGUF), "skipped: no " + GGUF + "; examples/smollm2/fetch gets it");
        Torch.start(2);
        try (GgufFile file = GgufFile.open(GGUF)) {
            GgufImport _ = GgufImport.convert(file, folder, WeightType.FP32);
        }
    }

    @AfterAll
    static void close() {
        STORE.close();
    }

    @Test
    void texts_have_the_tokens_that_transformers_gives_them() throws IOException {
        JsonNode texts = new JsonMapper().readTree(Files.readString(REFERENCE.resolve("texts.json")));
        assertThat(texts).hasSizeGreaterThan(10);
        try (TextTokenizer tokenizer = TextTokenizer.open(folder, 1 << 20)) {
            for (JsonNode text : texts) {
                long[] expected = text.path("ids")
                        .valueStream()
                        .mapToLong(JsonNode::longValue)
                        .toArray();
                assertThat(tokenizer.encode(text.path("text").stringValue()))
                        .as(text.path("text").stringValue())
                        .containsExactly(expected);
            }
        }
    }

    @Test
    void logits_answer_and_perplexity_are_those_of_transformers() throws IOException {
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            Map<String, Tensor> expected = TensorFile.read(REFERENCE.resolve("expected.safetensors"));
            LlamaModel model = load();

            Tensor ids = of(expected, "ids");
            Tensor logits = model.forward(ids).select(0, 0).index_select(1, of(expected, "columns"));
            assertThat(logits.sub(of(expected, "logits")).abs().max().item_double())
                    .isLessThan(1e-3);
            assertThat(answer(model, Tensors.toLongs(ids.flatten()), 16))
                    .containsExactly(Tensors.toLongs(of(expected, "answer")));
            double[] losses = losses(model, of(expected, "windows"));
            assertThat(of(expected, "losses").numel()).isEqualTo(losses.length);
            for (int i = 0; i < losses.length; i++) {
                assertThat(losses[i])
                        .isCloseTo(of(expected, "losses").select(0, i).item_double(), within(1e-4));
            }
            assertThat(Math.exp(Arrays.stream(losses).average().orElseThrow())).isBetween(10.0, 100.0);
        }
    }

    private static LlamaModel load() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            return LlamaModel.load(
                    LlamaConfig.read(ModelConfig.read(folder)),
                    STORE,
                    new CheckpointWeights(checkpoint),
                    Reparametrization.NONE);
        }
    }

    /** The likeliest tokens, one after another. */
    private static long[] answer(LlamaModel model, long[] prompt, int length) {
        long[] all = Arrays.copyOf(prompt, prompt.length + length);
        for (int t = prompt.length; t < all.length; t++) {
            try (var _ = TensorScope.open()) {
                Tensor last =
                        model.forward(Tensors.of(Arrays.copyOf(all, t), 1, t)).select(1, t - 1);
                all[t] = Tensors.toLongs(last.argmax(new LongOptional(1), false))[0];
            }
        }
        return Arrays.copyOfRange(all, prompt.length, all.length);
    }

    /** Of windows of text, none of which sees another. */
    private static double[] losses(LlamaModel model, Tensor windows) throws IOException {
        int count = (int) Tensors.toLongs(windows)[0];
        int length = (int) Tensors.toLongs(windows)[1];
        long[] prose;
        try (TextTokenizer tokenizer = TextTokenizer.open(folder, 1 << 20)) {
            prose = tokenizer.encode(Files.readString(PROSE).replace('\n', ' '));
        }
        double[] losses = new double[count];
        for (int i = 0; i < count; i++) {
            try (var _ = TensorScope.open()) {
                long[] window = Arrays.copyOfRange(prose, i * length, (i + 1) * length);
                Tensor ids = Tensors.of(window, 1, length);
                losses[i] = model.loss(ids.narrow(1, 0, length - 1), ids.narrow(1, 1, length - 1))
                        .item_double();
            }
        }
        return losses;
    }

    private static Tensor of(Map<String, Tensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name));
    }
}
