package dev.steelyard.incremental.adamp;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.ImageShape;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.nn.BatchNorm;
import dev.steelyard.tensor.nn.Convolution;
import dev.steelyard.tensor.nn.Layer;
import dev.steelyard.tensor.nn.Linear;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Phase;
import dev.steelyard.tensor.train.RandomTensors;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** An image classifier with batch normalization after every layer but the last. */
final class Classifier {
    private static final int AT_ONCE = 500;

    private final Layer layers;
    private final ImageShape shape;

    private Classifier(Layer layers, ImageShape shape) {
        this.layers = layers;
        this.shape = shape;
    }

    static Classifier mlp(
            ParameterStore store, RandomTensors random, ImageShape shape, List<Integer> hidden, int classes) {
        Layer layers = (x, phase) -> x.flatten(1, -1);
        long in = shape.size();
        int at = 0;
        for (int units : hidden) {
            layers = layers.then(Linear.create(store, "layers." + at + ".linear", random, in, units))
                    .then(BatchNorm.create(store, "layers." + at + ".norm", units))
                    .then((x, phase) -> torch.relu(x));
            in = units;
            at++;
        }
        return new Classifier(layers.then(Linear.create(store, "classifier", random, in, classes)), shape);
    }

    static Classifier cnn(
            ParameterStore store, RandomTensors random, ImageShape shape, List<Integer> channels, int classes) {
        int first = channels.get(0);
        int second = channels.get(1);
        Layer layers = block(store, random, "layers.0", shape.channels(), first)
                .then(block(store, random, "layers.1", first, second))
                .then((x, phase) -> x.flatten(1, -1));
        long features = (long) second * (shape.height() / 4) * (shape.width() / 4);
        return new Classifier(layers.then(Linear.create(store, "classifier", random, features, classes)), shape);
    }

    /** 3×3 convolution, normalization, ReLU, and the largest of each 2×2 pixels. */
    private static Layer block(ParameterStore store, RandomTensors random, String name, long in, long out) {
        return Convolution.create(store, name + ".conv", random, in, out, 3, 1)
                .then(BatchNorm.create(store, name + ".norm", out))
                .then((x, phase) -> torch.max_pool2d(torch.relu(x), 2, 2));
    }

    /** Mean cross-entropy of some images, for training. */
    Tensor loss(ImageSet data, int[] images) {
        Tensor labels = Tensors.of(data.labels(images), images.length);
        return torch.cross_entropy_loss(layers.forward(input(data, images), Phase.TRAINING), labels);
    }

    /** Share of the images whose class comes out first, [0, 1]. */
    double accuracy(ImageSet data) {
        long right = 0;
        for (int from = 0; from < data.size(); from += AT_ONCE) {
            int[] images =
                    IntStream.range(from, Math.min(from + AT_ONCE, data.size())).toArray();
            try (var _ = TensorScope.open();
                    var _ = NoGrad.begin()) {
                long[] found = Tensors.toLongs(
                        layers.forward(input(data, images), Phase.EVALUATION).argmax(new LongOptional(1), false));
                long[] wanted = data.labels(images);
                right += IntStream.range(0, found.length)
                        .filter(i -> found[i] == wanted[i])
                        .count();
            }
        }
        return (double) right / data.size();
    }

    private Tensor input(ImageSet data, int[] images) {
        return Tensors.of(data.pixels(images), images.length, shape.channels(), shape.height(), shape.width());
    }
}
