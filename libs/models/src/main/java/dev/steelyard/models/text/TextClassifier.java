package dev.steelyard.models.text;

import dev.steelyard.models.Weights;
import dev.steelyard.models.bert.BertConfig;
import dev.steelyard.models.bert.TrainableBert;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.RandomTensors;
import java.io.IOException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Texts to the logits of classes, with gradients: a BERT encoder, one vector of all tokens' by {@link Pooling}, a linear
 * layer {@code classifier} on it. A checkpoint's own classifier is taken where it has one.
 */
public final class TextClassifier {
    /** The classifier's weight in a checkpoint. */
    public static final String WEIGHT = "classifier.weight";

    private static final String BIAS = "classifier.bias";
    private static final double DEVIATION = 0.02;

    private final TrainableBert encoder;
    private final Pooling pooling;
    private final Tensor weight; // [classes, hidden]
    private final Tensor bias; // [classes]

    private TextClassifier(TrainableBert encoder, Pooling pooling, Tensor weight, Tensor bias) {
        this.encoder = encoder;
        this.pooling = pooling;
        this.weight = weight;
        this.bias = bias;
    }

    /**
     * Copies a checkpoint's weights into a store.
     *
     * @param form of the encoder's linear layers
     * @param rows the row of a checkpoint's own classifier for each class, 2 or more
     * @param random gives a new classifier's weights, normal with deviation 0.02
     * @throws dev.steelyard.artifacts.ArtifactException naming a tensor that is missing or has another shape
     */
    public static TextClassifier load(
            BertConfig config,
            ParameterStore store,
            Weights weights,
            Reparametrization form,
            Pooling pooling,
            int[] rows,
            RandomTensors random)
            throws IOException {
        TrainableBert encoder = TrainableBert.load(config, store, weights, form);
        long hidden = config.hiddenSize();
        boolean trained = weights.contains(WEIGHT);
        long classes = rows.length;
        Tensor w = trained ? rows(weights, WEIGHT, rows, hidden) : random.normal(DEVIATION, classes, hidden);
        Tensor b = trained ? rows(weights, BIAS, rows) : torch.zeros(classes);
        return new TextClassifier(encoder, pooling, store.parameter(WEIGHT, () -> w), store.parameter(BIAS, () -> b));
    }

    private static Tensor rows(Weights weights, String name, int[] rows, long... width) throws IOException {
        long[] shape = LongStream.concat(LongStream.of(rows.length), LongStream.of(width))
                .toArray();
        long[] order = IntStream.of(rows).asLongStream().toArray();
        return weights.load(name, shape).to(ScalarType.Float).index_select(0, Tensors.of(order, order.length));
    }

    /** @return [n, classes] */
    public Tensor forward(TokenBatch batch) {
        return torch.linear(pooling.pool(encoder.forward(batch), batch), weight, new TensorOptional(bias));
    }
}
