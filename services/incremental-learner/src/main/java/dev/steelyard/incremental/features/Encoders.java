package dev.steelyard.incremental.features;

import dev.steelyard.artifacts.dataset.Examples;
import dev.steelyard.artifacts.dataset.FeatureSet;
import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.TextSet;
import dev.steelyard.incremental.images.TrainedClassifier;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Opens the encoder that a job's input {@code encoder} holds. */
final class Encoders {
    static final String INPUT = "encoder";

    private Encoders() {}

    /**
     * The encoder for some rows; without the input, images are taken as they are.
     *
     * @throws MethodException when the rows need an encoder that is not there, or one of another kind or size
     */
    static FrozenEncoder open(JobContext job, Examples rows, EncoderChoice choice) throws MethodException, IOException {
        Optional<Path> folder = job.optionalInput(INPUT);
        return switch (rows) {
            case TextSet _ -> {
                Path found = folder.orElseThrow(
                        () -> MethodException.input("data: holds texts, which need the input encoder"));
                if (TrainedClassifier.in(found)) {
                    throw MethodException.input("encoder: is one for images, data holds texts");
                }
                yield TextEncoder.open(found, choice.pool());
            }
            case ImageSet images ->
                folder.isPresent() ? images(job, folder.get(), images, choice) : new Pixels(images.shape());
            case FeatureSet _ -> throw MethodException.input("data: holds vectors already");
        };
    }

    private static FrozenEncoder images(JobContext job, Path folder, ImageSet images, EncoderChoice choice)
            throws MethodException, IOException {
        if (!TrainedClassifier.in(folder)) {
            throw MethodException.input(
                    "encoder: config.json names no image classifier of this service; data holds images");
        }
        ImageEncoder encoder = ImageEncoder.open(Torch.start(job.threads()), folder, choice.layer());
        if (!encoder.shape().equals(images.shape())) {
            String expected = encoder.shape().toString();
            encoder.close();
            throw MethodException.input(
                    "data: holds images of %s, the encoder takes %s".formatted(images.shape(), expected));
        }
        return encoder;
    }
}
