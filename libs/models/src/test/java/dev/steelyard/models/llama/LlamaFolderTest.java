package dev.steelyard.models.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.models.CheckpointWeights;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.RandomTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlamaFolderTest {
    private static final Torch ENGINE = Torch.start(2);
    private static final LlamaConfig SMALL =
            new LlamaConfig(17, 16, 24, 2, 4, 2, 4, 32, 1e-5, 10_000, false, 0, List.of(3, 5));

    @Test
    void written_model_is_read_as_the_same(@TempDir Path folder) throws IOException {
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin();
                var store = new ParameterStore();
                var again = new ParameterStore();
                var random = new RandomTensors(ENGINE, 4)) {
            LlamaModel model = LlamaModel.create(SMALL, store, random, Reparametrization.NONE);
            LlamaFolder.write(folder, SMALL, store.save());

            LlamaConfig config = LlamaConfig.read(ModelConfig.read(folder));
            assertThat(config).isEqualTo(SMALL);
            try (Checkpoint checkpoint = Checkpoint.open(folder)) {
                LlamaModel read =
                        LlamaModel.load(config, again, new CheckpointWeights(checkpoint), Reparametrization.NONE);
                Tensor ids = Tensors.of(new long[] {3, 1, 4, 1, 5, 9}, 1, 6);
                assertThat(Tensors.toFloats(read.forward(ids))).isEqualTo(Tensors.toFloats(model.forward(ids)));
            }
            assertThat(ModelConfig.read(folder, "generation_config.json").integers("eos_token_id", 0, 16))
                    .containsExactly(3, 5);
        }
    }

    /** 8 bits of precision in products: near, not equal, and gradients as well. */
    @Test
    void mixed_precision_computes_nearly_the_same() {
        try (var _ = TensorScope.open();
                var store = new ParameterStore();
                var random = new RandomTensors(ENGINE, 4)) {
            LlamaModel model = LlamaModel.create(SMALL, store, random, Reparametrization.NONE);
            Tensor ids = Tensors.of(new long[] {3, 1, 4, 1, 5, 9}, 1, 6);
            Tensor targets = Tensors.of(new long[] {1, 4, 1, 5, 9, 2}, 1, 6);
            Tensor weight = store.parameters().get(1).value();

            Tensor exact = model.loss(ids, targets);
            exact.backward();
            float[] exactGradient = Tensors.toFloats(weight.grad());
            weight.mutable_grad().reset();
            Tensor mixed = model.mixed().loss(ids, targets);
            mixed.backward();
            float[] mixedGradient = Tensors.toFloats(weight.grad());

            assertThat(mixed.item_double())
                    .isNotEqualTo(exact.item_double())
                    .isCloseTo(exact.item_double(), within(5e-3));
            assertThat(distance(exactGradient, mixedGradient)
                            / distance(exactGradient, new float[exactGradient.length]))
                    .isBetween(1e-6, 0.05);
        }
    }

    private static double distance(float[] a, float[] b) {
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            squares += Math.pow(a[i] - b[i], 2);
        }
        return Math.sqrt(squares);
    }
}
