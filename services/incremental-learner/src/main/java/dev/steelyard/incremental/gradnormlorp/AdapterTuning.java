package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.nn.LowRankAdapter;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.RandomTensors;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/** A low-rank addition to each target, which stays as it is; all else is trained. */
final class AdapterTuning extends AdamWTuning {
    private static final String PART = ".lora_";

    private final Targets targets;
    private final LowRankAdapter adapter;
    private long targetElements;

    AdapterTuning(GradNormLoRPParams params, Targets targets, RandomTensors random) {
        super(params);
        this.targets = targets;
        this.adapter = new LowRankAdapter(random, params.rank(), params.loraAlpha());
    }

    /** Whether a parameter is one of an adapter. */
    static boolean isPart(String name) {
        return name.contains(PART);
    }

    @Override
    public Reparametrization form() {
        return targets.form(adapter);
    }

    @Override
    public void begin(ParameterStore store) {
        SequencedMap<String, Tensor> all = store.save();
        for (String name : targets.names()) {
            targetElements += Shapes.count(Shapes.of(Objects.requireNonNull(all.get(name))));
        }
        super.begin(store);
    }

    @Override
    public Ledger ledger() {
        return ledger(parameters().stream().filter(p -> isPart(p.name())).toList(), targetElements);
    }

    @Override
    public SequencedMap<String, Tensor> weights(ParameterStore store) {
        SequencedMap<String, Tensor> weights = new LinkedHashMap<>(store.save());
        weights.keySet().removeIf(AdapterTuning::isPart);
        weights.putAll(adapter.merged());
        return weights;
    }
}
