package dev.steelyard.bench.training;

import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.BatchNorm;
import dev.steelyard.tensor.nn.Convolution;
import dev.steelyard.tensor.nn.Layer;
import dev.steelyard.tensor.nn.Linear;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Phase;
import dev.steelyard.tensor.train.RandomTensors;
import java.util.random.RandomGeneratorFactory;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A classifier and a batch of images. */
final class Images implements Workload {
    private static final int CLASSES = 10;

    private final ParameterStore store = new ParameterStore();
    private final RandomTensors random;
    private final Layer model;
    private final long[] shape;
    private final float[] inputs;
    private final long[] labels;

    private Images(RandomTensors random, Builder builder, long... shape) {
        this.random = random;
        this.shape = shape;
        model = builder.build(store, random);
        var values = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        int size = 1;
        for (long side : shape) {
            size *= (int) side;
        }
        inputs = new float[size];
        for (int i = 0; i < size; i++) {
            inputs[i] = values.nextFloat();
        }
        labels = values.longs(shape[0], 0, CLASSES).toArray();
    }

    private interface Builder {
        Layer build(ParameterStore store, RandomTensors random);
    }

    /** @param name "mlp", "mlp-wide" or "cnn" */
    static Images of(String name, Torch engine) {
        var random = new RandomTensors(engine, 1);
        return switch (name) {
            case "mlp" -> new Images(random, (s, r) -> mlp(s, r, 256), 50, 784);
            case "mlp-wide" -> new Images(random, (s, r) -> mlp(s, r, 2048), 256, 784);
            case "cnn" -> new Images(random, Images::cnn, 64, 3, 32, 32);
            default -> throw new IllegalArgumentException("no workload " + name);
        };
    }

    private static Layer mlp(ParameterStore store, RandomTensors random, int hidden) {
        return Linear.create(store, "a", random, 784, hidden)
                .then(BatchNorm.create(store, "an", hidden))
                .then((x, phase) -> torch.relu(x))
                .then(Linear.create(store, "b", random, hidden, hidden))
                .then(BatchNorm.create(store, "bn", hidden))
                .then((x, phase) -> torch.relu(x))
                .then(Linear.create(store, "c", random, hidden, CLASSES));
    }

    private static Layer cnn(ParameterStore store, RandomTensors random) {
        return Convolution.create(store, "a", random, 3, 32, 3, 1)
                .then(BatchNorm.create(store, "an", 32))
                .then((x, phase) -> torch.max_pool2d(torch.relu(x), 2, 2))
                .then(Convolution.create(store, "b", random, 32, 64, 3, 1))
                .then(BatchNorm.create(store, "bn", 64))
                .then((x, phase) -> torch.max_pool2d(torch.relu(x), 2, 2).flatten(1, -1))
                .then(Linear.create(store, "c", random, 64 * 8 * 8, CLASSES));
    }

    @Override
    public ParameterStore store() {
        return store;
    }

    @Override
    public Tensor loss() {
        Tensor x = Tensors.of(inputs, shape);
        return torch.cross_entropy_loss(model.forward(x, Phase.TRAINING), Tensors.of(labels, labels.length));
    }

    @Override
    public void close() {
        random.close();
        store.close();
    }
}
