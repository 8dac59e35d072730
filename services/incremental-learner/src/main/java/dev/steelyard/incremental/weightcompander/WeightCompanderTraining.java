package dev.steelyard.incremental.weightcompander;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.incremental.images.Augmentation;
import dev.steelyard.incremental.images.ImageBatch;
import dev.steelyard.incremental.images.ImageModelConfig;
import dev.steelyard.incremental.images.ImageSplit;
import dev.steelyard.incremental.training.ReparamParams;
import dev.steelyard.incremental.training.StartingWeights;
import dev.steelyard.incremental.training.TrainingLoop;
import dev.steelyard.incremental.training.TrainingPlan;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Port;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.train.DataLoader;
import dev.steelyard.tensor.train.Shuffle;
import dev.steelyard.tensor.train.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Trains an image classifier whose weights are bounded functions a·arctan(v/b) of what is trained, and shows what that
 * does to them. Cakaj, Mehnert, Yang, "Weight Compander: A Simple Weight Reparameterization for Regularization", IJCNN
 * 2023, arXiv:2306.16993.
 */
public final class WeightCompanderTraining implements Method<WeightCompanderParams> {
    private static final long LOOKS = 40;
    private static final MethodSpec<WeightCompanderParams> SPEC = MethodSpec.of(
                    "weight-compander", "3", WeightCompanderParams.class)
            .summary("Trains a classifier with weights kept from extremes and from zero.")
            .paper("Weight Compander: A Simple Weight Reparameterization for Regularization", "arXiv:2306.16993")
            .description("""
                    Each weight is w = a·arctan(v/b), and v is what the optimizer moves: a weight cannot grow beyond \
                    aπ/2, small ones move faster, large ones slower. a and b are given in units of the deviation of \
                    the layer's initial weight, or learned. The exported model is an ordinary one with w.

                    Trains a multi-layer perceptron or a convolutional network on labelled images, from random \
                    weights or from a model, whose outputs stay what they are at the start. Reports for every weight \
                    how its values are distributed before and after. With `compare` the same model is trained without \
                    compander beside it.

                    Images and labels are held in memory, 4 bytes a pixel value; weights take 12 bytes a parameter \
                    (16 with an optimizer of the Adam family), twice that with `compare`. A job that was interrupted \
                    continues from a state saved every 200 steps and ends with the same bits.""")
            .input(Port.dataset("data", "images with labels, in any layout of data sets"))
            .input(Port.model("model", "a classifier of ours to start from: model.safetensors, config.json")
                    .optional())
            .output(Port.model("model", "weights w and config.json"))
            .output(Port.model("state", "training.safetensors with v, log a and log b; optimizer.safetensors"))
            .output(Port.report("report", "accuracy and the weights' distributions, with plots"))
            .example("Weights within 1.6 initial deviations", "{\"reparam\": {\"alpha\": 1, \"beta\": 1}}")
            .example(
                    "Learned a and b, compared with plain training",
                    "{\"reparam\": {\"learn\": true}, \"compare\": true, "
                            + "\"optimizer\": {\"name\": \"sgd\", \"weightDecay\": 1e-4}}")
            .build();

    @Override
    public MethodSpec<WeightCompanderParams> spec() {
        return SPEC;
    }

    @Override
    public Outputs run(WeightCompanderParams params, JobContext job)
            throws MethodException, IOException, InterruptedException {
        ImageSplit split = ImageSplit.of(
                job.input("data"), params.testShare(), params.trainLimit(), params.batch(), job.random("split"));
        Optional<Path> model = job.optionalInput("model");
        if (model.isEmpty()) {
            var config = ImageModelConfig.of(params.network(), params.hidden(), params.normalization(), split.train());
            return train(params, job, split, config, Optional.empty());
        }
        ImageModelConfig config = ImageModelConfig.read(model.get());
        requireSame(config, split.train());
        config.requireWeights(model.get());
        try (StartingWeights start = StartingWeights.read(model.get())) {
            return train(params, job, split, config, Optional.of(start));
        }
    }

    private static Outputs train(
            WeightCompanderParams params,
            JobContext job,
            ImageSplit split,
            ImageModelConfig config,
            Optional<StartingWeights> start)
            throws MethodException, IOException, InterruptedException {
        Torch engine = Torch.start(job.threads());
        long batches = (long) params.epochs() * (split.train().size() / params.batch());
        long steps = Math.max(1, batches / params.accumulate());
        var setting = new Contender.Setting(engine, job, params, config, start, steps, LOOKS);
        List<Contender> contenders = new ArrayList<>();
        try (var loader = loader(params, job, split.train())) {
            TrainingState state = new TrainingState().with("data", loader);
            for (ReparamParams reparam : contending(params)) {
                Contender contender = new Contender(setting, reparam, split.test(), new ParameterStore());
                contenders.add(contender);
                contender.join(state);
            }
            var learners = contenders.stream().map(Contender::learner).toList();
            new TrainingLoop<>(job, plan(params, steps), loader, learners, state).run();
            return new TrainingResult(SPEC, setting, split, contenders).write();
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    private static List<ReparamParams> contending(WeightCompanderParams params) {
        return params.compare() ? List.of(params.reparam(), ReparamParams.none()) : List.of(params.reparam());
    }

    private static DataLoader<ImageBatch> loader(WeightCompanderParams params, JobContext job, ImageSet train) {
        var augmentation = new Augmentation(params.shift(), params.mirror());
        long seed = job.seed();
        return new DataLoader<>(
                images -> augmentation.of(ImageBatch.of(train, images), train.shape(), images, seed),
                new Shuffle(train.size(), seed),
                params.batch(),
                2);
    }

    private static TrainingPlan plan(WeightCompanderParams params, long steps) {
        TrainingPlan plan = TrainingPlan.of(
                        steps, params.learningRate(), params.schedule().over(steps))
                .accumulate(params.accumulate());
        return params.clip() > 0 ? plan.clip(params.clip()) : plan;
    }

    private static void requireSame(ImageModelConfig config, ImageSet data) throws MethodException {
        if (!config.shape().equals(data.shape()) || !config.classes().equals(data.classes())) {
            throw MethodException.input("the model takes images of %s and tells %s; the data has %s and %s"
                    .formatted(config.shape(), config.classes(), data.shape(), data.classes()));
        }
    }
}
