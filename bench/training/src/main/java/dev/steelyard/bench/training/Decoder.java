package dev.steelyard.bench.training;

import dev.steelyard.models.llama.LlamaConfig;
import dev.steelyard.models.llama.LlamaModel;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.RandomTensors;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.bytedeco.pytorch.Tensor;

/** A language model and a batch of tokens. */
final class Decoder implements Workload {
    private static final int VOCABULARY = 2048;

    private final ParameterStore store = new ParameterStore();
    private final LlamaModel model;
    private final int rows;
    private final int columns;
    private final long[] ids;
    private final long[] targets;

    private Decoder(Torch engine, int hidden, int wide, int layers, boolean mixed, int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
        var config = new LlamaConfig(
                VOCABULARY, hidden, wide, layers, 4, 4, hidden / 4, columns, 1e-6, 10_000, true, -1, List.of());
        try (var random = new RandomTensors(engine, 1)) {
            LlamaModel created = LlamaModel.create(config, store, random, Reparametrization.NONE);
            model = mixed ? created.mixed() : created;
        }
        RandomGenerator values = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        ids = values.longs((long) rows * columns, 0, VOCABULARY).toArray();
        targets = values.longs((long) rows * columns, 0, VOCABULARY).toArray();
    }

    static Decoder of(String name, Torch engine) {
        boolean mixed = name.endsWith("-bf16");
        return switch (name.replace("-bf16", "")) {
            case "llama-128" -> new Decoder(engine, 128, 344, 4, mixed, 16, 64);
            case "llama-512" -> new Decoder(engine, 512, 1376, 8, mixed, 8, 128);
            default -> throw new IllegalArgumentException("no workload " + name);
        };
    }

    @Override
    public ParameterStore store() {
        return store;
    }

    @Override
    public Tensor loss() {
        return model.loss(Tensors.of(ids, rows, columns), Tensors.of(targets, rows, columns));
    }

    @Override
    public void close() {
        store.close();
    }
}
