package dev.steelyard.incremental.bcnws;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.incremental.images.ImageSplit;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Port;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.WeightStandardization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Trains convolutional networks with one or two images a batch as well as with many: weight standardization and
 * batch-channel normalization. Qiao, Wang, Liu, Shen, Yuille: "Micro-Batch Training with Batch-Channel Normalization and
 * Weight Standardization", arXiv:1903.10520, and "Rethinking Normalization and Elimination Singularity in Neural
 * Networks", arXiv:1911.09738.
 */
public final class BcnWs implements Method<BcnWsParams> {
    static final MethodSpec<BcnWsParams> SPEC = MethodSpec.of("bcn-ws", "3", BcnWsParams.class)
            .summary("Trains convolutional networks with one or two images a batch, and leaves plain convolutions.")
            .paper(
                    "Micro-Batch Training with Batch-Channel Normalization and Weight Standardization",
                    "arXiv:1903.10520")
            .description("""
                    Weight standardization (WS) lets each convolution compute with weights of mean 0 and deviation 1 for \
                    each output; batch-channel normalization (BCN) normalizes channels by estimates over many batches, then \
                    groups of channels by the image itself. Neither needs the statistics of a large batch.

                    `train` starts from new weights, or from those of a model of this method. `convert` takes a model with \
                    batch normalization, puts WS and another normalization in, takes the statistics anew by a pass over \
                    the training images and trains on. Where the data set has no test part, test images are chosen by \
                    the job's seed: convert with the seed the model was trained with, or it is tested with images it \
                    has seen.

                    `folded` is the network without either: standardized weights are written out, the batch step is folded \
                    into the convolutions, and what is left is group normalization.

                    Images and labels are held in memory, 4 bytes a pixel value; weights take 12 bytes a parameter with \
                    momentum and 8 more for looks at gradients, activations what a batch takes. A job that was \
                    interrupted continues from its last saved state and ends with the same bits.""")
            .input(Port.dataset("data", "images with labels, in any layout of data sets"))
            .input(Port.model("model", "to train on or to convert: model of a bcn-ws job")
                    .optional())
            .output(Port.model("model", "weights to train on, config.json and optimizer.safetensors"))
            .output(Port.model("folded", "plain convolutions and group normalizations"))
            .output(Port.report("report", "accuracy, scales, dead channels and gradients, with plots"))
            .example("Two images a batch", "{\"batch\": 2, \"groups\": 8}")
            .example(
                    "One image a batch, 64 batches a step",
                    "{\"norm\": \"gn\", \"batch\": 1, \"accumulation\": 64, \"epochs\": 20}")
            .example(
                    "Convert a model with batch normalization and train on",
                    "{\"mode\": \"convert\", \"batch\": 2, \"learningRate\": 0.01, \"epochs\": 1}")
            .build();

    @Override
    public MethodSpec<BcnWsParams> spec() {
        return SPEC;
    }

    @Override
    public Outputs run(BcnWsParams params, JobContext job) throws MethodException, IOException, InterruptedException {
        Torch engine = Torch.start(job.threads());
        ImageSplit split = ImageSplit.of(
                job.input("data"), params.testShare(), params.trainLimit(), params.batch(), job.random("split"));
        Optional<Path> folder = job.optionalInput("model");
        if (params.mode().equals("convert")) {
            Path source = folder.orElseThrow(
                    () -> MethodException.input("convert needs an input model with batch normalization"));
            try (Network network = Network.read(engine, source)) {
                return convert(params, job, engine, network, split);
            }
        }
        try (Network network = folder.isPresent()
                ? continued(params, Network.read(engine, folder.get()), split.train())
                : fresh(params, job, engine, split.train())) {
            return train(params, job, network, split, OptionalDouble.empty());
        }
    }

    private static Network fresh(BcnWsParams params, JobContext job, Torch engine, ImageSet data)
            throws MethodException {
        NetworkConfig config = NetworkConfig.of(params, data);
        if (config.norm().equals("bcn-estimated") && params.rho() == 0) {
            throw MethodException.parameter(
                    "/rho", "0 leaves the statistics at mean 0 and variance 1: nothing would be estimated");
        }
        return Network.create(engine, job.seed(), config, job::log);
    }

    /** @return the network, or closes it */
    private static Network continued(BcnWsParams params, Network network, ImageSet data) throws MethodException {
        try {
            requireFits(network.config(), data);
            NetworkConfig config = network.config();
            if (!config.norm().equals(params.norm())) {
                throw MethodException.parameter(
                        "/norm", "the model has %s, not %s".formatted(config.norm(), params.norm()));
            }
            requireSame(config.standardization(), params);
            return network;
        } catch (MethodException e) {
            network.close();
            throw e;
        }
    }

    private static void requireSame(Optional<WeightStandardization> rule, BcnWsParams params) throws MethodException {
        if (rule.isPresent() != params.weightStd()) {
            throw MethodException.parameter(
                    "/weightStd",
                    "weights of the model are %s".formatted(rule.isPresent() ? "standardized" : "not standardized"));
        }
        if (rule.isEmpty()) {
            return;
        }
        String variant = NetworkConfig.label(rule.get().variant());
        if (!variant.equals(params.wsVariant())) {
            throw MethodException.parameter(
                    "/wsVariant", "weights of the model are standardized by %s".formatted(variant));
        }
        if (rule.get().epsilon() != params.wsEps()) {
            throw MethodException.parameter(
                    "/wsEps",
                    "weights of the model are standardized with %s"
                            .formatted(rule.get().epsilon()));
        }
    }

    private static Outputs convert(BcnWsParams params, JobContext job, Torch engine, Network source, ImageSplit split)
            throws MethodException, IOException, InterruptedException {
        requireFits(source.config(), split.train());
        if (!source.config().norm().equals("bn")) {
            throw MethodException.input("convert needs a model with batch normalization; this one has "
                    + source.config().norm());
        }
        double before = source.classifier().accuracy(split.test(), job::checkCancelled);
        job.progress(0, "taking statistics");
        try (Network network = new Conversion(engine, source, split.train(), job)
                .to(source.config().convertedTo(params))) {
            return train(params, job, network, split, OptionalDouble.of(before));
        }
    }

    private static void requireFits(NetworkConfig config, ImageSet data) throws MethodException {
        if (!config.shape().equals(data.shape()) || !config.classes().equals(data.classes())) {
            throw MethodException.input("the model is for images of %s in classes %s; the data are of %s in classes %s"
                    .formatted(config.shape(), config.classes(), data.shape(), data.classes()));
        }
    }

    private static Outputs train(
            BcnWsParams params, JobContext job, Network network, ImageSplit split, OptionalDouble before)
            throws MethodException, IOException, InterruptedException {
        try (Training training = new Training(params, job, network, split)) {
            training.run();
            return new BcnWsResult(params, network, training, split, before).write(job);
        }
    }
}
