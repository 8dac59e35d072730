package dev.steelyard.incremental.features;

import dev.steelyard.artifacts.dataset.Examples;
import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.ImageShape;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.incremental.images.ImageClassifier;
import dev.steelyard.incremental.images.TrainedClassifier;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.Phase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/** Images through a classifier of this service, up to its last layer or through it. */
final class ImageEncoder implements FrozenEncoder {
    private final TrainedClassifier trained;
    private final String layer;
    private final String hash;

    private ImageEncoder(TrainedClassifier trained, String layer, String hash) {
        this.trained = trained;
        this.layer = layer;
        this.hash = hash;
    }

    static ImageEncoder open(Torch engine, Path folder, String layer) throws IOException {
        String hash = FileHash.of(folder, List.of(Checkpoint.SINGLE, "config.json"));
        return new ImageEncoder(TrainedClassifier.open(engine, folder), layer, hash);
    }

    /** What images must be. */
    ImageShape shape() {
        return trained.classifier().shape();
    }

    @Override
    public int dimension() {
        return layer.equals(EncoderChoice.LOGITS) ? trained.classes() : trained.features();
    }

    @Override
    public String origin() {
        return "image encoder %s, layer %s".formatted(hash, layer);
    }

    @Override
    public Map<String, String> description() {
        return Map.of("encoder", hash, "layer", layer, "preprocessing", "pixels from 0 to 1, " + shape());
    }

    @Override
    public float[] encode(Examples rows, int from, int to) {
        ImageClassifier classifier = trained.classifier();
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            Tensor images =
                    classifier.input((ImageSet) rows, IntStream.range(from, to).toArray());
            Tensor encoded = layer.equals(EncoderChoice.LOGITS)
                    ? classifier.logits(images, Phase.EVALUATION)
                    : classifier.features(images, Phase.EVALUATION);
            return Tensors.toFloats(encoded);
        }
    }

    @Override
    public void close() {
        trained.close();
    }
}
