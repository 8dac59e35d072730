package dev.steelyard.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.models.CheckpointWeights;
import dev.steelyard.models.LinearWeight;
import dev.steelyard.models.LinearWeights;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.models.bert.BertConfig;
import dev.steelyard.models.bert.TrainableBert;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** On the real all-MiniLM-L6-v2, imported from its ONNX file. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SentenceEncoderTest {
    private static final int THREADS = 2;
    private static final int BATCH = 16;

    private final AllMiniLm model;
    private final Checkpoint checkpoint;
    private final SentenceEncoder encoder;

    SentenceEncoderTest(@TempDir Path scratch) throws IOException {
        Torch.start(THREADS);
        model = AllMiniLm.unpack(scratch);
        checkpoint = Checkpoint.open(model.folder());
        encoder = SentenceEncoder.open(model.folder(), new CheckpointWeights(checkpoint));
    }

    @AfterAll
    void close() {
        encoder.close();
        checkpoint.close();
    }

    @Test
    void vectors_are_those_of_the_published_onnx_file() throws Exception {
        // Shuffled, so that short and long sentences share a batch of the reference and are padded there.
        List<String> sentences = new ArrayList<>(AllMiniLm.sentences());
        Collections.shuffle(sentences, new Random(1));
        assertThat(sentences).hasSizeGreaterThan(250);
        float[][] ours = encoder.encode(sentences);

        double min = 1;
        double sum = 0;
        try (var tokenizer = TextTokenizer.open(model.folder(), 256);
                var reference = new OnnxEncoder(model.onnx(), THREADS)) {
            for (int start = 0; start < sentences.size(); start += BATCH) {
                List<String> batch = sentences.subList(start, Math.min(start + BATCH, sentences.size()));
                double[][] theirs =
                        reference.encode(batch.stream().map(tokenizer::encode).toList());
                for (int i = 0; i < batch.size(); i++) {
                    double cosine = dot(ours[start + i], theirs[i]);
                    assertThat(cosine).as(batch.get(i)).isGreaterThanOrEqualTo(0.9999);
                    min = Math.min(min, cosine);
                    sum += cosine;
                }
            }
        }
        System.out.printf(
                "cosine with ONNX Runtime over %d sentences: min %.8f, mean %.8f%n",
                sentences.size(), min, sum / sentences.size());
    }

    @Test
    void encoder_to_train_gives_the_same_vectors() throws IOException {
        List<String> sentences = AllMiniLm.sentences().subList(40, 72);
        float[][] expected = encoder.encode(sentences);
        BertConfig config = BertConfig.read(ModelConfig.read(model.folder()));
        try (var tokenizer = TextTokenizer.open(model.folder(), 256);
                var store = new ParameterStore();
                var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            var bert = TrainableBert.load(config, store, new CheckpointWeights(checkpoint), Reparametrization.NONE);
            TokenBatch batch = TokenBatch.pad(tokenizer.encode(sentences), config.padToken());
            Tensor pooled = Pooling.MEAN.pool(bert.forward(batch), batch);
            for (int i = 0; i < expected.length; i++) {
                Tensor row = pooled.select(0, i);
                assertThat(Tensors.toFloats(row.div(row.norm()))).containsExactly(expected[i], Offset.offset(1e-5f));
            }
        }
    }

    @Test
    void close_meanings_have_close_vectors() {
        float[][] v = encoder.encode(
                List.of("The cat sits outside", "A feline rests in the garden", "The stock market fell sharply"));

        assertThat(encoder.dimension()).isEqualTo(384);
        for (float[] vector : v) {
            assertThat(dot(vector, vector)).isEqualTo(1, Offset.offset(1e-5));
        }
        assertThat(dot(v[0], v[1])).isGreaterThan(0.5);
        assertThat(dot(v[0], v[2])).isLessThan(0.2);
    }

    @Test
    void same_sentences_give_the_same_bits() throws IOException {
        List<String> sentences = AllMiniLm.sentences().subList(60, 160);
        assertThat(encoder.encode(sentences)).isDeepEqualTo(encoder.encode(sentences));
    }

    @Test
    void long_text_counts_up_to_the_length_of_the_model() {
        String words = "whale ".repeat(300);
        float[][] v = encoder.encode(List.of(words, words + "stock market"));

        assertThat(v[0]).containsExactly(v[1], Offset.offset(1e-6f));
        assertThat(encoder.encode(List.of())).isEmpty();
    }

    @Test
    void model_has_36_linear_weights() throws IOException {
        List<LinearWeight> linear = LinearWeights.of(checkpoint, ModelConfig.read(model.folder()));

        assertThat(linear).hasSizeBetween(36, 37);
        assertThat(linear.stream()
                        .filter(w -> w.name().contains("encoder.layer."))
                        .mapToLong(LinearWeight::elements)
                        .sum())
                .isEqualTo(6L * (4 * 384 * 384 + 2 * 384 * 1536));
    }

    @Test
    void model_says_how_it_pools() throws IOException {
        Path pooling =
                Files.createDirectory(model.folder().resolve("1_Pooling")).resolve("config.json");
        try {
            Files.writeString(pooling, "{\"pooling_mode_cls_token\": true, \"pooling_mode_mean_tokens\": false}");
            assertThat(Pooling.of(model.folder())).isEqualTo(Pooling.CLS);
            Files.writeString(pooling, "{\"pooling_mode_lasttoken\": true}");
            assertThat(Pooling.of(model.folder())).isEqualTo(Pooling.LAST);
            Files.writeString(pooling, "{\"pooling_mode_max_tokens\": true, \"pooling_mode_mean_tokens\": false}");
            assertThatThrownBy(() -> SentenceEncoder.open(model.folder(), new CheckpointWeights(checkpoint)))
                    .hasMessage("1_Pooling/config.json: pooling_mode_max_tokens: expected false, found true");
            Files.writeString(
                    pooling, "{\"pooling_mode_mean_tokens\": true, \"pooling_mode_weightedmean_tokens\": true}");
            assertThatThrownBy(() -> Pooling.of(model.folder()))
                    .hasMessageContaining("pooling_mode_weightedmean_tokens: expected false, found true");
            Files.writeString(pooling, "{\"pooling_mode_mean_tokens\": false}");
            assertThatThrownBy(() -> Pooling.of(model.folder()))
                    .hasMessage("1_Pooling/config.json: pooling_mode_mean_tokens: expected true, or another of cls and "
                            + "last, found false");
            Files.writeString(pooling, "{\"pooling_mode\": \"lasttoken\"}");
            assertThat(Pooling.of(model.folder())).isEqualTo(Pooling.LAST);
            Files.writeString(pooling, "{\"pooling_mode\": \"max\"}");
            assertThatThrownBy(() -> Pooling.of(model.folder()))
                    .hasMessage("1_Pooling/config.json: pooling_mode: expected cls, mean or lasttoken, found \"max\"");
            Files.writeString(pooling, "{\"pooling_mode_cls_token\": true, \"pooling_mode_mean_tokens\": true}");
            assertThatThrownBy(() -> Pooling.of(model.folder())).hasMessageContaining("pooling_mode_mean_tokens");
        } finally {
            Files.delete(pooling);
            Files.delete(pooling.getParent());
        }
    }

    @Test
    void module_that_is_not_applied_is_refused() throws IOException {
        Path modules = model.folder().resolve("modules.json");
        String module = "{\"idx\": 0, \"name\": \"0\", \"path\": \"\", \"type\": \"sentence_transformers.models.%s\"}";
        String known = module.formatted("Transformer") + ", " + module.formatted("Pooling");
        var weights = new CheckpointWeights(checkpoint);
        try {
            Files.writeString(modules, "[%s, %s]".formatted(known, module.formatted("Normalize")));
            SentenceEncoder.open(model.folder(), weights).close();
            Files.writeString(modules, "[%s, %s]".formatted(known, module.formatted("Dense")));
            assertThatThrownBy(() -> SentenceEncoder.open(model.folder(), weights, Pooling.CLS))
                    .hasMessage("modules.json: module 2: type \"sentence_transformers.models.Dense\" is not applied; "
                            + "Transformer, Pooling and Normalize are");
            Files.writeString(modules, "{}");
            assertThatThrownBy(() -> SentenceEncoder.open(model.folder(), weights))
                    .hasMessage("modules.json: expected a list of modules");
        } finally {
            Files.delete(modules);
        }
    }

    @Test
    void first_and_last_token_are_those_of_each_text_whatever_the_padding() throws IOException {
        List<String> sentences = List.of("A short one", "A sentence of quite a few more words than the other");
        for (Pooling pooling : List.of(Pooling.CLS, Pooling.LAST)) {
            try (var pooled = SentenceEncoder.open(model.folder(), new CheckpointWeights(checkpoint), pooling)) {
                float[][] together = pooled.encode(sentences);
                assertThat(pooled.encode(sentences.subList(0, 1))[0])
                        .containsExactly(together[0], Offset.offset(1e-5f));
                assertThat(dot(together[0], encoder.encode(sentences)[0])).isLessThan(0.99);
            }
        }
    }

    private static double dot(float[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
