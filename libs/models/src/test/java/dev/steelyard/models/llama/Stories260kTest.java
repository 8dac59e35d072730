package dev.steelyard.models.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.steelyard.models.Weights;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/**
 * The real model stories260K of llama2.c tells the story that its own program tells. Its file is not part of the project:
 * the test looks for {@code stories260K.bin} in the folder that STEELYARD_DATA names, or in {@code shared/data} beside the
 * repository.
 */
class Stories260kTest {
    private static final Path FILE = Path.of(System.getenv().getOrDefault("STEELYARD_DATA", "../../../shared/data"))
            .resolve("stories260K.bin");
    private static final LlamaConfig CONFIG =
            new LlamaConfig(512, 64, 172, 5, 8, 4, 8, 512, 1e-5, 10_000, true, 1, List.of(2));
    private static final int HEADER = 7 * Integer.BYTES;
    private static final long[] STORY = {403, 407, 261, 378, 432, 383, 286, 261, 376, 298, 315, 421, 395, 317, 426, 338
    };

    @Test
    void likeliest_tokens_tell_the_known_story() throws IOException {
        assumeTrue(Files.isRegularFile(FILE), "no " + FILE.getFileName() + "; set STEELYARD_DATA to its folder");
        Torch.start(2);
        try (var store = new ParameterStore();
                var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            LlamaModel model = LlamaModel.load(CONFIG, store, read(), Reparametrization.NONE);
            List<Long> ids = new ArrayList<>(List.of(1L));
            while (ids.size() <= STORY.length) {
                long[] now = ids.stream().mapToLong(Long::longValue).toArray();
                Tensor last = model.forward(Tensors.of(now, 1, now.length)).select(1, now.length - 1);
                ids.add(Tensors.toLongs(last.argmax(new LongOptional(1), false))[0]);
            }
            assertThat(ids.subList(1, ids.size())).containsExactlyElementsOf(boxed());
        }
    }

    private static List<Long> boxed() {
        return Arrays.stream(STORY).boxed().toList();
    }

    /** Tensors in the order of llama2.c's first format, layer after layer for each kind. */
    private static Weights read() throws IOException {
        FloatBuffer all = ByteBuffer.wrap(Files.readAllBytes(FILE))
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(HEADER)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        Map<String, float[]> tensors = new HashMap<>();
        int hidden = CONFIG.hiddenSize();
        int keys = CONFIG.keyValueHeads() * CONFIG.headSize();
        int wide = CONFIG.intermediateSize();
        take(all, tensors, "model.embed_tokens.weight", CONFIG.vocabularySize() * hidden);
        layers(all, tensors, "input_layernorm", hidden);
        layers(all, tensors, "self_attn.q_proj", hidden * hidden);
        layers(all, tensors, "self_attn.k_proj", keys * hidden);
        layers(all, tensors, "self_attn.v_proj", keys * hidden);
        layers(all, tensors, "self_attn.o_proj", hidden * hidden);
        layers(all, tensors, "post_attention_layernorm", hidden);
        layers(all, tensors, "mlp.gate_proj", wide * hidden);
        layers(all, tensors, "mlp.down_proj", hidden * wide);
        layers(all, tensors, "mlp.up_proj", wide * hidden);
        take(all, tensors, "model.norm.weight", hidden);
        tensors.replaceAll(
                (name, values) -> name.contains("q_proj") || name.contains("k_proj") ? halves(values, hidden) : values);
        return new Weights() {
            @Override
            public boolean contains(String name) {
                return tensors.containsKey(name);
            }

            @Override
            public Tensor load(String name, long... shape) throws IOException {
                float[] values = tensors.get(name);
                if (values == null || values.length != Shapes.count(shape)) {
                    throw new IOException(name);
                }
                return Tensors.of(values, shape);
            }
        };
    }

    private static void layers(FloatBuffer all, Map<String, float[]> into, String name, int count) {
        for (int i = 0; i < CONFIG.layers(); i++) {
            take(all, into, "model.layers." + i + "." + name + ".weight", count);
        }
    }

    private static void take(FloatBuffer all, Map<String, float[]> into, String name, int count) {
        float[] values = new float[count];
        all.get(values);
        into.put(name, values);
    }

    /** llama2.c turns neighbouring rows of a head, transformers row i with row i + d/2. */
    private static float[] halves(float[] rows, int width) {
        int size = CONFIG.headSize();
        float[] sorted = new float[rows.length];
        for (int row = 0; row < rows.length / width; row++) {
            int head = row / size;
            int at = row % size;
            int to = head * size + (at % 2) * (size / 2) + at / 2;
            System.arraycopy(rows, row * width, sorted, to * width, width);
        }
        return sorted;
    }
}
