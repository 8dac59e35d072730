package dev.steelyard.models.bert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.models.CheckpointWeights;
import dev.steelyard.models.text.TokenBatch;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BertEncoderTest {
    private static final long[] TEXT = {1, 7, 19, 49, 2};

    @TempDir
    Path folder;

    @BeforeAll
    static void startTorch() {
        Torch.start(2);
    }

    @Test
    void shards_prefix_and_old_names_give_the_same_vectors(
            @TempDir Path single, @TempDir Path sharded, @TempDir Path prefixed, @TempDir Path old) throws IOException {
        SmallBert.named(UnaryOperator.identity()).write(single);
        SmallBert.named(UnaryOperator.identity()).writeSharded(sharded);
        SmallBert.named(name -> "bert." + name).write(prefixed);
        SmallBert.named(name ->
                        name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"))
                .write(old);

        float[] expected = encode(single, TEXT);
        assertThat(expected).hasSize(5 * 24);
        assertThat(encode(sharded, TEXT)).containsExactly(expected);
        assertThat(encode(prefixed, TEXT)).containsExactly(expected);
        assertThat(encode(old, TEXT)).containsExactly(expected);
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void half_precision_weights_are_read(DType dtype, @TempDir Path single) throws IOException {
        String name = "encoder.layer.1.output.dense.weight";
        SmallBert.named(UnaryOperator.identity()).write(single);
        SmallBert.named(UnaryOperator.identity()).with(name, dtype, 24, 48).write(folder);

        assertThat(encode(folder, TEXT)).containsExactly(encode(single, TEXT));
    }

    @Test
    void padding_does_not_change_a_text() throws IOException {
        SmallBert.named(UnaryOperator.identity()).write(folder);
        try (Checkpoint checkpoint = Checkpoint.open(folder);
                var encoder = BertEncoder.load(SmallBert.CONFIG, new CheckpointWeights(checkpoint));
                var _ = TensorScope.open()) {
            Tensor alone = encoder.forward(TokenBatch.pad(List.of(TEXT), 0));
            Tensor padded = encoder.forward(TokenBatch.pad(List.of(new long[] {1, 3, 2}, TEXT, new long[16]), 0));

            assertThat(Shapes.of(padded)).containsExactly(3, 16, 24);
            assertThat(Tensors.toFloats(padded.select(0, 1).narrow(0, 0, TEXT.length)))
                    .containsExactly(Tensors.toFloats(alone), Offset.offset(1e-5f));
        }
    }

    @Test
    void word_order_matters() throws IOException {
        SmallBert.named(UnaryOperator.identity()).write(folder);
        assertThat(encode(folder, 1, 7, 19, 2)).isNotEqualTo(encode(folder, 1, 19, 7, 2));
    }

    @Test
    void wrong_shape_is_named() throws IOException {
        SmallBert.named(UnaryOperator.identity())
                .with("encoder.layer.1.output.dense.weight", DType.F32, 24, 47)
                .write(folder);
        assertThatThrownBy(() -> encode(folder, TEXT))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(
                        "model.safetensors: encoder.layer.1.output.dense.weight: expected [24, 48], found [24, 47]");
    }

    @Test
    void missing_tensor_is_named() throws IOException {
        SmallBert.named(UnaryOperator.identity())
                .without("encoder.layer.0.attention.self.key.bias")
                .write(folder);
        assertThatThrownBy(() -> encode(folder, TEXT))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("encoder.layer.0.attention.self.key.bias: missing");
    }

    @Test
    void packed_weight_is_not_taken_for_numbers() throws IOException {
        SmallBert.named(UnaryOperator.identity())
                .with("encoder.layer.0.intermediate.dense.weight", DType.I8, 48, 24)
                .write(folder);
        assertThatThrownBy(() -> encode(folder, TEXT))
                .hasMessageEndingWith("encoder.layer.0.intermediate.dense.weight: expected floating point, found I8");
    }

    @Test
    void text_the_model_cannot_take_is_refused() throws IOException {
        SmallBert.named(UnaryOperator.identity()).write(folder);
        assertThatThrownBy(() -> encode(folder, 1, 50)).hasMessage("token 50 is not in the model's vocabulary of 50");
        assertThatThrownBy(() -> encode(folder, new long[17]))
                .hasMessage("a text of 17 tokens; the model has 16 positions");
    }

    /** A batch makes some 10 MiB of tensors. */
    @Test
    void resident_memory_stays_flat_over_1000_batches() throws IOException {
        SmallBert.named(UnaryOperator.identity()).write(folder);
        TokenBatch batch = TokenBatch.pad(Collections.nCopies(64, new long[16]), 0);
        try (Checkpoint checkpoint = Checkpoint.open(folder);
                var encoder = BertEncoder.load(SmallBert.CONFIG, new CheckpointWeights(checkpoint))) {
            long afterWarmUp = 0;
            for (int i = 0; i < 1000; i++) {
                try (var _ = TensorScope.open()) {
                    encoder.forward(batch);
                }
                if (i == 200) {
                    afterWarmUp = residentBytes();
                }
            }
            assertThat(residentBytes() - afterWarmUp).isLessThan(48L << 20);
        }
    }

    private static long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }

    private static float[] encode(Path folder, long... text) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(folder);
                var encoder = BertEncoder.load(SmallBert.CONFIG, new CheckpointWeights(checkpoint));
                var _ = TensorScope.open()) {
            return Tensors.toFloats(encoder.forward(TokenBatch.pad(List.of(text), 0)));
        }
    }
}
