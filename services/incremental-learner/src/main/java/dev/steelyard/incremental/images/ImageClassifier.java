package dev.steelyard.incremental.images;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.ImageShape;
import dev.steelyard.incremental.training.Check;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.nn.Convolution;
import dev.steelyard.tensor.nn.Layer;
import dev.steelyard.tensor.nn.Linear;
import dev.steelyard.tensor.nn.Phase;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A network that tells which class an image is of. */
public final class ImageClassifier {
    private final Layer body;
    private final Layer layers;
    private final ImageShape shape;

    private ImageClassifier(Layer body, Layer head, ImageShape shape) {
        this.body = body;
        this.layers = body.then(head);
        this.shape = shape;
    }

    /**
     * A network by its name: mlp, cnn, conv, strided or residual.
     *
     * @param channels units of an mlp's hidden layers, channels of the others' convolutions; a cnn has two
     * @throws IllegalArgumentException when there is no such network
     */
    public static ImageClassifier of(
            String network, Parts parts, ImageShape shape, List<Integer> channels, int classes) {
        Layer body = body(network, parts, shape, channels);
        Layer head = Linear.create(
                parts.store(),
                "classifier",
                parts.random(),
                parts.headForm(),
                features(network, shape, channels),
                classes);
        return new ImageClassifier(body, head, shape);
    }

    /** How many numbers {@link #body} makes of an image. */
    public static long features(String network, ImageShape shape, List<Integer> channels) {
        long last = channels.isEmpty() ? shape.size() : channels.getLast();
        return switch (network) {
            case "cnn" -> last * (shape.height() / 4) * (shape.width() / 4);
            case "conv" -> last * grid(shape.height(), channels.size()) * grid(shape.width(), channels.size());
            default -> last;
        };
    }

    /** Weights that a network has at the least, with a last layer of so many outputs. */
    public static long leastWeights(String network, ImageShape shape, List<Integer> channels, long outputs) {
        long weights = features(network, shape, channels) * outputs;
        long in = network.equals("mlp") ? shape.size() : shape.channels();
        for (long out : channels) {
            weights += switch (network) {
                case "mlp" -> in * out;
                case "cnn", "conv" -> 9 * in * out;
                default -> 9 * out * out; // the second 3×3 convolution of a pair or block
            };
            in = out;
        }
        return weights;
    }

    /** What a network has before its last layer: [n, channels, height, width] to [n, {@link #features}]. */
    public static Layer body(String network, Parts parts, ImageShape shape, List<Integer> channels) {
        return switch (network) {
            case "mlp" -> mlp(parts, shape, channels);
            case "cnn" -> cnn(parts, shape, channels);
            case "conv" -> conv(parts, shape, channels);
            case "strided" -> strided(parts, shape, channels);
            case "residual" -> residual(parts, shape, channels);
            default -> throw new IllegalArgumentException("no network " + network);
        };
    }

    /** Linear layers, each with normalization and ReLU. */
    private static Layer mlp(Parts parts, ImageShape shape, List<Integer> hidden) {
        Layer layers = (x, phase) -> x.flatten(1, -1);
        long in = shape.size();
        int at = 0;
        for (int units : hidden) {
            String name = "layers." + at;
            layers = layers.then(
                            Linear.create(parts.store(), name + ".linear", parts.random(), parts.form(), in, units))
                    .then(parts.normalization().create(parts.store(), name + ".norm", units))
                    .then(parts.activations().create(name, units));
            in = units;
            at++;
        }
        return layers;
    }

    /** Two 3×3 convolutions, each with normalization, ReLU and the largest of 2×2 pixels. */
    private static Layer cnn(Parts parts, ImageShape shape, List<Integer> channels) {
        int first = channels.get(0);
        int second = channels.get(1);
        return convolution(parts, "layers.0", shape.channels(), first, 1)
                .then((x, phase) -> torch.max_pool2d(x, 2, 2))
                .then(convolution(parts, "layers.1", first, second, 1))
                .then((x, phase) -> torch.max_pool2d(x, 2, 2).flatten(1, -1));
    }

    /**
     * 3×3 convolutions with stride 2, each with normalization and ReLU, then means over a grid of at most 4×4 fields, so
     * that a last layer sees what is where.
     */
    private static Layer conv(Parts parts, ImageShape shape, List<Integer> channels) {
        Layer layers = (x, phase) -> x;
        long in = shape.channels();
        int at = 0;
        for (int out : channels) {
            layers = layers.then(convolution(parts, "layers." + at++, in, out, 2));
            in = out;
        }
        long rows = grid(shape.height(), channels.size());
        long columns = grid(shape.width(), channels.size());
        return layers.then((x, phase) -> means(x, rows, columns).flatten(1, -1));
    }

    /** The mean of a single pixel is that pixel, which libtorch takes a sixth of the time of all convolutions to find. */
    private static Tensor means(Tensor x, long rows, long columns) {
        boolean single = x.size(2) == rows && x.size(3) == columns;
        return single ? x : torch.adaptive_avg_pool2d(x, new long[] {rows, columns});
    }

    /** Fields along a side that was halved so many times. */
    private static long grid(int side, int halvings) {
        int left = side;
        for (int i = 0; i < halvings; i++) {
            left = (left + 1) / 2;
        }
        return Math.min(4, left);
    }

    /**
     * Pairs of 3×3 convolutions with normalization and ReLU, the second of each pair with stride 2, then the mean over
     * all pixels. For channels (c₁, c₂, …): c₁, c₁/2, c₂, c₂/2, …
     */
    private static Layer strided(Parts parts, ImageShape shape, List<Integer> channels) {
        Layer layers = (x, phase) -> x;
        long in = shape.channels();
        int at = 0;
        for (int out : channels) {
            layers = layers.then(convolution(parts, "layers." + at, in, out, 1))
                    .then(convolution(parts, "layers." + (at + 1), out, out, 2));
            in = out;
            at += 2;
        }
        return layers.then((x, phase) -> x.mean(2, 3));
    }

    /**
     * A residual network: a 3×3 convolution to c₁ channels, then a block of two 3×3 convolutions for each of the channels
     * (c₁, c₂, …), from the second on with stride 2, then the mean over all pixels. Around a block runs its input, where
     * the shape changes through a 1×1 convolution with normalization. The last scale of a block starts at 0, so that a new
     * network is made of its shortcuts.
     */
    private static Layer residual(Parts parts, ImageShape shape, List<Integer> channels) {
        long in = channels.getFirst();
        Layer layers = convolution(parts, "stem", shape.channels(), in, 1);
        int at = 0;
        for (int out : channels) {
            layers = layers.then(block(parts, "blocks." + at, in, out, at == 0 ? 1 : 2));
            in = out;
            at++;
        }
        return layers.then((x, phase) -> x.mean(2, 3));
    }

    private static Layer block(Parts parts, String name, long in, long out, long stride) {
        Layer inside = convolution(parts, name + ".first", in, out, stride)
                .then(normalized(parts, name + ".second", out, out, 3, 1));
        startAtZero(parts, name + ".second.norm.weight");
        Layer around =
                in == out && stride == 1 ? (x, phase) -> x : normalized(parts, name + ".shortcut", in, out, 1, stride);
        Layer activation = parts.activations().create(name, out);
        return (x, phase) -> activation.forward(torch.add(inside.forward(x, phase), around.forward(x, phase)), phase);
    }

    /** A normalization's scale, if it has one. */
    private static void startAtZero(Parts parts, String scale) {
        Tensor found = parts.store().save().get(scale);
        if (found != null) {
            try (var _ = TensorScope.open();
                    var _ = NoGrad.begin()) {
                found.zero_();
            }
        }
    }

    /** 3×3 convolution, normalization, activation. */
    private static Layer convolution(Parts parts, String name, long in, long out, long stride) {
        return normalized(parts, name, in, out, 3, stride)
                .then(parts.activations().create(name, out));
    }

    private static Layer normalized(Parts parts, String name, long in, long out, long kernel, long stride) {
        return Convolution.create(parts.store(), name + ".conv", parts.random(), parts.form(), in, out, kernel, stride)
                .then(parts.normalization().create(parts.store(), name + ".norm", out));
    }

    /** What the last layer sees, [n, features] of [n, channels, height, width]. */
    public Tensor features(Tensor images, Phase phase) {
        return body.forward(images, phase);
    }

    /** What images must be. */
    public ImageShape shape() {
        return shape;
    }

    /** [n, classes] of [n, channels, height, width]. */
    public Tensor logits(Tensor images, Phase phase) {
        return layers.forward(images, phase);
    }

    /** Mean cross-entropy of some images, for training. */
    public Tensor loss(ImageSet data, int[] images) {
        Tensor labels = Tensors.of(data.labels(images), images.length);
        return torch.cross_entropy_loss(layers.forward(input(data, images), Phase.TRAINING), labels);
    }

    /** The same of images that were made ready. */
    public Tensor loss(ImageBatch batch) {
        int n = batch.labels().length;
        Tensor x = Tensors.of(batch.pixels(), n, shape.channels(), shape.height(), shape.width());
        return torch.cross_entropy_loss(layers.forward(x, Phase.TRAINING), Tensors.of(batch.labels(), n));
    }

    /**
     * Share of the images whose class comes out first, [0, 1].
     *
     * @param check before each block of images
     */
    public double accuracy(ImageSet data, Check check) throws InterruptedException {
        long right = 0;
        for (int[] images : ImageBlocks.of(data)) {
            check.run();
            right += right(data, images);
        }
        return (double) right / data.size();
    }

    private long right(ImageSet data, int[] images) {
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            long[] found = Tensors.toLongs(
                    layers.forward(input(data, images), Phase.EVALUATION).argmax(new LongOptional(1), false));
            long[] wanted = data.labels(images);
            return IntStream.range(0, found.length)
                    .filter(i -> found[i] == wanted[i])
                    .count();
        }
    }

    /** [n, channels, height, width] of some images. */
    public Tensor input(ImageSet data, int[] images) {
        return Tensors.of(data.pixels(images), images.length, shape.channels(), shape.height(), shape.width());
    }
}
