package dev.steelyard.models.bert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.models.CheckpointWeights;
import dev.steelyard.models.text.TokenBatch;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.Parameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainableBertTest {
    private static final TokenBatch BATCH =
            TokenBatch.pad(List.of(new long[] {1, 7, 19, 49, 2}, new long[] {1, 3, 2}), 0);

    private static final double STEP = 0.02;

    @TempDir
    Path folder;

    @BeforeAll
    static void startTorch() {
        Torch.start(2);
    }

    /** With and without the prefix, and with TensorFlow's names of norms. */
    @Test
    void forward_pass_is_that_of_the_encoder() throws IOException {
        assertLikeEncoder(UnaryOperator.identity(), folder.resolve("plain"));
        assertLikeEncoder(name -> "bert." + name, folder.resolve("prefixed"));
        assertLikeEncoder(
                name -> name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"),
                folder.resolve("old"));
    }

    private static void assertLikeEncoder(UnaryOperator<String> naming, Path folder) throws IOException {
        Files.createDirectories(folder);
        SmallBert.named(naming).write(folder);
        try (Checkpoint checkpoint = Checkpoint.open(folder);
                var encoder = BertEncoder.load(SmallBert.CONFIG, new CheckpointWeights(checkpoint));
                var store = new ParameterStore();
                var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            var bert = TrainableBert.load(
                    SmallBert.CONFIG, store, new CheckpointWeights(checkpoint), Reparametrization.NONE);
            Tensor difference = bert.forward(BATCH).sub(encoder.forward(BATCH));

            assertThat(difference.select(0, 0).abs().max().item_double()).isLessThan(1e-5);
            assertThat(difference.select(0, 1).narrow(0, 0, 3).abs().max().item_double())
                    .isLessThan(1e-5);
            assertThat(store.save().keySet())
                    .containsExactlyInAnyOrderElementsOf(SmallBert.named(naming).tensors().values().stream()
                            .map(info -> info.name())
                            .toList());
        }
    }

    /** Every parameter that the loss depends on has a gradient, and it is the loss's slope. */
    @Test
    void gradients_are_slopes_of_the_loss() throws IOException {
        SmallBert.named(UnaryOperator.identity()).write(folder);
        try (Checkpoint checkpoint = Checkpoint.open(folder);
                var store = new ParameterStore();
                var _ = TensorScope.open()) {
            var bert = TrainableBert.load(
                    SmallBert.CONFIG, store, new CheckpointWeights(checkpoint), Reparametrization.NONE);
            loss(bert).backward();
            for (Parameter parameter : store.parameters()) {
                assertThat(parameter.value().grad().defined())
                        .as(parameter.name())
                        .isTrue();
            }
            for (String name :
                    List.of("encoder.layer.0.attention.self.query.weight", "encoder.layer.1.output.dense.bias")) {
                Tensor w = Objects.requireNonNull(store.save().get(name));
                double slope = w.grad().norm().item_double();
                Tensor uphill = w.grad().div(new Scalar(slope));
                double moved = moved(bert, w, uphill, STEP) - moved(bert, w, uphill, -STEP);
                assertThat(moved / (2 * STEP)).as(name).isCloseTo(slope, within(0.05 * slope));
            }
        }
    }

    private static double moved(TrainableBert bert, Tensor w, Tensor direction, double by) {
        try (var _ = NoGrad.begin()) {
            w.add_(direction, new Scalar(by));
            double loss = loss(bert).item_double();
            w.add_(direction, new Scalar(-by));
            return loss;
        }
    }

    private static Tensor loss(TrainableBert bert) {
        return bert.forward(BATCH).select(1, 0).select(1, 3).square().mean();
    }

    @Test
    void matrices_of_layers_come_from_the_form() throws IOException {
        SmallBert.named(UnaryOperator.identity()).write(folder);
        List<String> formed = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(folder);
                var store = new ParameterStore()) {
            TrainableBert.load(SmallBert.CONFIG, store, new CheckpointWeights(checkpoint), (where, name, initial) -> {
                formed.add(name);
                return Reparametrization.NONE.create(where, name, initial);
            });
        }

        assertThat(formed)
                .hasSize(12)
                .contains("encoder.layer.1.intermediate.dense.weight")
                .noneMatch(name -> name.contains("embeddings"));
    }

    @Test
    void missing_tensor_is_named() throws IOException {
        SmallBert.named(UnaryOperator.identity())
                .without("encoder.layer.0.attention.self.key.bias")
                .write(folder);
        try (Checkpoint checkpoint = Checkpoint.open(folder);
                var store = new ParameterStore()) {
            assertThatThrownBy(() -> TrainableBert.load(
                            SmallBert.CONFIG, store, new CheckpointWeights(checkpoint), Reparametrization.NONE))
                    .isInstanceOf(ArtifactException.class)
                    .hasMessage("encoder.layer.0.attention.self.key.bias: missing");
        }
    }
}
