package dev.steelyard.incremental.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.method.MethodException;
import dev.steelyard.method.Param;
import dev.steelyard.method.ParamsReader;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.BatchNorm;
import dev.steelyard.tensor.nn.Linear;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.ParameterGroup;
import dev.steelyard.tensor.train.RandomTensors;
import jakarta.validation.Valid;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReparamParamsTest {
    private static final Torch ENGINE = Torch.start(2);

    record Holder(@Param("For those who ask.") Optional<@Valid ReparamParams> reparam) {}

    private static ReparamParams read(String json) throws MethodException {
        return ParamsReader.of(Holder.class, ParamsReader.validator())
                .read(json)
                .reparam()
                .orElseGet(ReparamParams::none);
    }

    private static ParameterStore model(ReparamParams reparam) {
        ParameterStore store = new ParameterStore();
        try (var random = new RandomTensors(ENGINE, 3);
                var _ = TensorScope.open()) {
            Linear.create(store, "layers.0.linear", random, reparam.form(false), 6, 5);
            BatchNorm.create(store, "layers.0.norm", 5);
            Linear.create(store, "classifier", random, reparam.form(false), 5, 2);
        }
        return store;
    }

    private static List<String> names(ParameterGroup group) {
        return group.parameters().stream().map(Parameter::name).toList();
    }

    @Test
    void is_off_by_default_and_on_when_something_is_given() throws MethodException {
        assertThat(read("{}")).isEqualTo(ReparamParams.none());
        assertThat(read("{\"reparam\": {\"alpha\": 1}}").kind()).isEqualTo("weight-compander");
        assertThatThrownBy(() -> read("{\"reparam\": {\"alpha\": 0}}")).hasMessageContaining("alpha");
        assertThatThrownBy(() -> read("{\"reparam\": {\"beta\": -1}}")).hasMessageContaining("beta");
    }

    @Test
    void targets_and_excluded_names_choose_weights() throws MethodException {
        try (var store = model(read("{\"reparam\": {\"exclude\": [\"class*\"]}}"))) {
            assertThat(store.save().keySet())
                    .contains("layers.0.linear.weight.v", "classifier.weight")
                    .doesNotContain("classifier.weight.v");
        }
        try (var store = model(read("{\"reparam\": {\"targets\": [\"classifier.*\"]}}"))) {
            assertThat(store.save().keySet()).contains("layers.0.linear.weight", "classifier.weight.v");
        }
        ReparamParams nothing = read("{\"reparam\": {\"targets\": [\"conv*\"]}}");
        try (var store = model(nothing)) {
            assertThatThrownBy(() -> nothing.requireTargets(store))
                    .hasMessageContaining("no weight fits; there are layers.0.linear.weight,");
        }
    }

    @Test
    void learned_scales_have_groups_of_their_own() throws MethodException {
        ReparamParams learned = read("{\"reparam\": {\"learn\": true, \"abLearningRateScale\": 0.2}}");
        try (var store = model(learned)) {
            List<ParameterGroup> groups =
                    learned.groups(WeightGroups.of(store.parameters(), 0.01, List.of("*.norm.*", "classifier.weight")));

            assertThat(groups).hasSize(4);
            assertThat(names(groups.get(0)))
                    .containsExactly("layers.0.linear.weight.v", "layers.0.linear.bias", "classifier.bias");
            assertThat(groups.get(0).weightDecay()).isEqualTo(0.01);
            assertThat(names(groups.get(1)))
                    .containsExactly("layers.0.norm.weight", "layers.0.norm.bias", "classifier.weight.v");
            assertThat(names(groups.get(2)))
                    .containsExactly("layers.0.linear.weight.log_a", "layers.0.linear.weight.log_b");
            assertThat(names(groups.get(3))).containsExactly("classifier.weight.log_a", "classifier.weight.log_b");
            for (ParameterGroup scales : groups.subList(2, 4)) {
                assertThat(scales.learningRateScale()).isEqualTo(0.2);
                assertThat(scales.weightDecay()).isZero();
                assertThat(scales.clip()).hasValue(1);
            }
        }
    }
}
