package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.nn.LowRankAdapter;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.Adam;
import dev.steelyard.tensor.train.Decay;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.ParameterGroup;
import dev.steelyard.tensor.train.RandomTensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** A low-rank addition to each target, which stays as it is; all else is trained, with AdamW; a baseline. */
final class AdapterTuning implements Tuning {
    private static final String PART = ".lora_";

    private final GradNormLoRPParams params;
    private final Targets targets;
    private final LowRankAdapter adapter;
    private List<Parameter> parameters = List.of();
    private long targetElements;
    private @Nullable Optimizer optimizer;

    AdapterTuning(GradNormLoRPParams params, Targets targets, RandomTensors random) {
        this.params = params;
        this.targets = targets;
        this.adapter = new LowRankAdapter(random, params.rank(), params.loraAlpha());
    }

    @Override
    public Reparametrization form() {
        return targets.form(adapter);
    }

    @Override
    public void begin(ParameterStore store) throws MethodException {
        SequencedMap<String, Tensor> all = store.save();
        for (String name : targets.names()) {
            targetElements += Shapes.count(Shapes.of(Objects.requireNonNull(all.get(name))));
        }
        parameters = store.parameters();
        optimizer =
                new Adam(List.of(ParameterGroup.of(parameters, params.weightDecay())), params.adam(), Decay.DECOUPLED);
    }

    @Override
    public Optimizer optimizer() {
        return Objects.requireNonNull(optimizer, "begin first");
    }

    @Override
    public List<Parameter> parameters() {
        return parameters;
    }

    @Override
    public Ledger ledger() {
        List<Parameter> adapters =
                parameters.stream().filter(p -> p.name().contains(PART)).toList();
        List<String> names = adapters.stream().map(Parameter::name).toList();
        long others = Tuning.elements(parameters) - Tuning.elements(adapters);
        return Ledger.of(optimizer(), names, targetElements, others);
    }

    @Override
    public SequencedMap<String, Tensor> weights(ParameterStore store) {
        SequencedMap<String, Tensor> weights = new LinkedHashMap<>(store.save());
        weights.keySet().removeIf(name -> name.contains(PART));
        weights.putAll(adapter.merged());
        return weights;
    }

    @Override
    public void close() {
        if (optimizer != null) {
            optimizer.close();
        }
    }
}
