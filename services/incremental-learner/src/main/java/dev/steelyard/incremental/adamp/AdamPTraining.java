package dev.steelyard.incremental.adamp;

import dev.steelyard.incremental.images.ImageSplit;
import dev.steelyard.incremental.training.OptimizerChoice;
import dev.steelyard.incremental.training.ScheduleParams;
import dev.steelyard.incremental.training.TrainingLoop;
import dev.steelyard.incremental.training.TrainingPlan;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Port;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.train.AdamMoments;
import dev.steelyard.tensor.train.DataLoader;
import dev.steelyard.tensor.train.Momentum;
import dev.steelyard.tensor.train.Projection;
import dev.steelyard.tensor.train.Schedule;
import dev.steelyard.tensor.train.Shuffle;
import dev.steelyard.tensor.train.TrainingState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains an image classifier with an optimizer that projects the radial part out of updates of scale-invariant weights,
 * and shows how their norms and directions move. Heo and others, "AdamP: Slowing Down the Slowdown for Momentum
 * Optimizers on Scale-invariant Weights", ICLR 2021, arXiv:2006.08217.
 */
public final class AdamPTraining implements Method<AdamPParams> {
    private static final long LOOKS = 500;
    private static final MethodSpec<AdamPParams> SPEC = MethodSpec.of("adamp", "3", AdamPParams.class)
            .summary("Trains a classifier without losing learning rate to growing weights.")
            .paper(
                    "AdamP: Slowing Down the Slowdown for Momentum Optimizers on Scale-invariant Weights",
                    "arXiv:2006.08217")
            .description("""
                    Momentum lets the norm of weights that are followed by normalization grow, and what a step turns \
                    them by shrinks with the square of the norm. AdamP and SGDP find such weights by the angle between \
                    weight and gradient and remove the radial part of their update.

                    Trains a multi-layer perceptron or a small convolutional network with batch normalization on \
                    labelled images, and reports for every weight its norm, the angle of a step and the share of steps \
                    in which it was projected. With `compare` the same model is trained without projection beside it.

                    Images and labels are held in memory, 4 bytes a pixel value; weights take 12 bytes a parameter \
                    (8 with momentum only), twice that with `compare`. A job that was interrupted continues from a \
                    state saved every 200 steps and ends with the same bits.""")
            .input(Port.dataset("data", "images with labels, in any layout of data sets"))
            .output(Port.model(
                    "model",
                    "weights, config.json and optimizer.safetensors; training.safetensors with what is trained in "
                            + "place of weights"))
            .output(Port.report("report", "accuracy, norms, angles and shares, with plots"))
            .example("AdamP", "{}")
            .example(
                    "SGDP against SGD",
                    "{\"optimizer\": \"sgdp\", \"learningRate\": 0.1, \"weightDecay\": 1e-4, \"compare\": true}")
            .build();

    @Override
    public MethodSpec<AdamPParams> spec() {
        return SPEC;
    }

    @Override
    public Outputs run(AdamPParams params, JobContext job) throws MethodException, IOException, InterruptedException {
        Torch engine = Torch.start(job.threads());
        ImageSplit split = ImageSplit.of(
                job.input("data"), params.testShare(), params.trainLimit(), params.batch(), job.random("split"));
        long steps = (long) params.epochs() * (split.train().size() / params.batch());
        List<Contender> contenders = new ArrayList<>();
        try (var loader =
                new DataLoader<>(images -> images, new Shuffle(split.train().size(), job.seed()), params.batch(), 1)) {
            TrainingState state = new TrainingState().with("data", loader);
            for (OptimizerChoice choice : choices(params)) {
                var contender = new Contender(engine, job, choice, params, split.train(), Math.max(1, steps / LOOKS));
                contenders.add(contender);
                contender.join(state);
            }
            var learners =
                    contenders.stream().map(c -> c.learner(split.train())).toList();
            new TrainingLoop<>(job, plan(params, steps), loader, learners, state).run();
            return new TrainingResult(SPEC, params, split, contenders).write(job);
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    private static TrainingPlan plan(AdamPParams params, long steps) {
        long falling = Math.max(1, steps - params.warmUp());
        Schedule schedule = ScheduleParams.of(params.schedule(), falling, 0);
        return TrainingPlan.of(steps, params.learningRate(), schedule.after(params.warmUp()));
    }

    private static List<OptimizerChoice> choices(AdamPParams params) throws MethodException {
        var chosen = new OptimizerChoice(
                OptimizerChoice.Name.of(params.optimizer()),
                new AdamMoments(params.beta1(), params.beta2(), params.epsilon(), params.nesterov()),
                new Momentum(
                        params.momentum(),
                        0,
                        params.nesterov() && !params.optimizer().startsWith("adam")),
                new Projection(params.delta(), params.decayRatio(), params.epsilon()));
        if (!params.compare()) {
            return List.of(chosen);
        }
        if (!chosen.name().projects()) {
            throw MethodException.parameter(
                    "/compare", params.optimizer() + " does not project; choose adamp or sgdp to compare");
        }
        return List.of(chosen, chosen.named(chosen.name().unprojected()));
    }
}
