package dev.steelyard.tensor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.train.Adam;
import dev.steelyard.tensor.train.AdamMoments;
import dev.steelyard.tensor.train.Decay;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.ParameterGroup;
import dev.steelyard.tensor.train.RandomTensors;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LowRankAdapterTest {
    private static final Torch ENGINE = Torch.start(2);

    private final ParameterStore store = new ParameterStore();
    private final RandomTensors random = new RandomTensors(ENGINE, 7);
    private final TensorScope scope = TensorScope.open();

    @AfterEach
    void closeAll() {
        scope.close();
        random.close();
        store.close();
    }

    @Test
    void new_adapter_changes_nothing() {
        var adapter = new LowRankAdapter(random, 2, 4);
        Linear layer = Linear.create(store, "q_proj", random, adapter, 6, 5);
        Tensor w = saved("q_proj.weight");

        assertThat(Tensors.toFloats(layer.weight().value())).isEqualTo(Tensors.toFloats(w));
        assertThat(store.parameters())
                .extracting(Parameter::name)
                .containsExactly("q_proj.lora_A.weight", "q_proj.lora_B.weight", "q_proj.bias");
        Tensor a = store.parameters().getFirst().value();
        assertThat(a.abs().max().item_double()).isBetween(0.5 / Math.sqrt(6), 1 / Math.sqrt(6));
    }

    @Test
    void training_moves_only_the_addition_and_what_is_merged_has_its_rank() {
        var adapter = new LowRankAdapter(random, 2, 6);
        Linear layer = Linear.create(store, "q_proj", random, adapter, 8, 5);
        float[] frozen = Tensors.toFloats(saved("q_proj.weight"));
        Tensor x = random.normal(1, 16, 8);
        Tensor target = random.normal(1, 16, 5);
        double first = 0;
        double last = 0;
        try (var adam =
                new Adam(List.of(ParameterGroup.of(store.parameters(), 0)), AdamMoments.defaults(), Decay.DECOUPLED)) {
            for (int step = 0; step < 200; step++) {
                adam.clearGradients();
                Tensor loss = torch.mse_loss(layer.forward(x, Phase.TRAINING), target);
                loss.backward();
                adam.step(0.01);
                last = loss.item_double();
                first = step == 0 ? last : first;
            }
        }

        assertThat(last).isLessThan(0.8 * first);
        Tensor w = saved("q_proj.weight");
        assertThat(Tensors.toFloats(w)).isEqualTo(frozen);
        Tensor merged = Objects.requireNonNull(adapter.merged().get("q_proj.weight"));
        Tensor difference = torch.sub(merged, w);
        float[] singular = Tensors.toFloats(torch.linalg_svdvals(difference));
        assertThat(singular[1]).isGreaterThan(1e-3f);
        assertThat(singular[2]).isLessThan(1e-5f * singular[0]);
        try (var _ = NoGrad.begin()) {
            Tensor a = saved("q_proj.lora_A.weight");
            Tensor b = saved("q_proj.lora_B.weight");
            Tensor by = torch.matmul(b, a).mul_(new Scalar(6.0 / 2));
            assertThat(torch.sub(difference, by).abs().max().item_double()).isLessThan(1e-6);
        }
    }

    @Test
    void merged_weight_keeps_the_type_and_shape_of_the_frozen_one() {
        var adapter = new LowRankAdapter(random, 1, 1);
        adapter.create(store, "conv.weight", () -> torch.ones(4, 2, 3, 3).to(ScalarType.BFloat16));

        Tensor merged = Objects.requireNonNull(adapter.merged().get("conv.weight"));

        assertThat(merged.scalar_type().intern()).isEqualTo(ScalarType.BFloat16);
        assertThat(merged.size(3)).isEqualTo(3);
    }

    @Test
    void rank_above_the_weights_is_refused() {
        var adapter = new LowRankAdapter(random, 6, 1);

        assertThatThrownBy(() -> Linear.create(store, "q_proj", random, adapter, 8, 5))
                .hasMessage("q_proj.weight: expected at least 6 rows and columns, found 5 and 8");
    }

    private Tensor saved(String name) {
        return Objects.requireNonNull(store.save().get(name));
    }
}
