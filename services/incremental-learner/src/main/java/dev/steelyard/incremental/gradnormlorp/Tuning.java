package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.GradNormLoRP;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.TrainingState;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/** How a model's parameters are moved. */
interface Tuning extends AutoCloseable {

    /** @param random gives what is random in it, and is saved with the run */
    static Tuning of(GradNormLoRPParams params, Targets targets, RandomTensors random) {
        return switch (params.tuning()) {
            case "lora" -> new AdapterTuning(params, targets, random);
            case "full" -> new FullTuning(params, targets);
            default -> new ProjectedTuning(params, targets, random);
        };
    }

    /** What the model's linear layers are made with. */
    Reparametrization form();

    /**
     * Makes the optimizer, once the weights are there.
     *
     * @throws MethodException naming a target that the settings do not fit
     */
    void begin(ParameterStore store) throws MethodException;

    Optimizer optimizer();

    /** All that the optimizer moves. */
    List<Parameter> parameters();

    /** The same optimizer where it projects gradients. */
    default Optional<GradNormLoRP> projecting() {
        return Optional.empty();
    }

    /**
     * Batches whose mean gradient makes the next step.
     *
     * @param step of this run, from 0
     */
    int batches(long step);

    Ledger ledger();

    /** The model's weights as a plain checkpoint holds them: live, or of the innermost open scope. */
    SequencedMap<String, Tensor> weights(ParameterStore store);

    /** Adds what a run continues from. */
    default void join(TrainingState state) {
        state.with("optimizer", optimizer());
    }

    @Override
    void close();

    /** Elements of some parameters. */
    static long elements(List<Parameter> parameters) {
        return parameters.stream()
                .mapToLong(parameter -> Shapes.count(Shapes.of(parameter.value())))
                .sum();
    }
}
