package dev.steelyard.incremental.bcnws;

import dev.steelyard.incremental.images.ImageSplit;
import dev.steelyard.incremental.training.Learner;
import dev.steelyard.incremental.training.OptimizerParams;
import dev.steelyard.incremental.training.TrainingLoop;
import dev.steelyard.incremental.training.TrainingPlan;
import dev.steelyard.incremental.training.WeightGroups;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.nn.Grouping;
import dev.steelyard.tensor.train.DataLoader;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.Schedule;
import dev.steelyard.tensor.train.Shuffle;
import dev.steelyard.tensor.train.TensorFile;
import dev.steelyard.tensor.train.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Trains one network and keeps what is to be seen of it. */
final class Training implements AutoCloseable {
    private static final int LOADED_AHEAD = 32;
    private static final long LOOKS = 200;
    private static final long IMAGES_BETWEEN_STATES = 4096;
    private static final long STEPS_BETWEEN_STATES = 200;

    private final BcnWsParams params;
    private final JobContext job;
    private final Network network;
    private final ImageSplit split;
    private final Optimizer optimizer;
    private final long steps;
    private final LayerLooks layers;
    private final GradientLooks gradients;

    Training(BcnWsParams params, JobContext job, Network network, ImageSplit split) throws MethodException {
        this.params = params;
        this.job = job;
        this.network = network;
        this.split = split;
        refuseSingleValues();
        refuseConstantGroups();
        long batchesOfPass = split.train().size() / params.batch();
        if (batchesOfPass < params.accumulation()) {
            throw MethodException.parameter(
                    "/accumulation",
                    "a step takes %d images, there are %d to train on"
                            .formatted(params.stepImages(), split.train().size()));
        }
        optimizer = optimizer(params.optimizer(), network);
        Passes passes = new Passes(params.epochs(), batchesOfPass, params.accumulation());
        steps = passes.steps();
        layers = new LayerLooks(job, network, split, passes);
        gradients = new GradientLooks(network.store().parameters(), Math.max(2, steps / LOOKS));
    }

    /** A batch of one image has no variance where a channel is one pixel. */
    private void refuseSingleValues() throws MethodException {
        String norm = network.config().norm();
        if (params.batch() > 1 || !(norm.equals("bn") || norm.equals("bcn"))) {
            return;
        }
        for (ChannelWatch.Seen layer : network.layers()) {
            if (layer.pixels() == 1) {
                throw MethodException.parameter(
                        "/batch",
                        "%s: maps are 1×1 there, and one value has no variance; take a batch of 2 or more, or %s"
                                .formatted(
                                        layer.name(),
                                        norm.equals("bn") ? "gn with several channels a group" : "bcn-estimated"));
            }
        }
    }

    /**
     * A group of one value is its own mean: what comes out is the shift, whatever the image is. Of two values no more comes
     * out than which is the larger.
     */
    private void refuseConstantGroups() throws MethodException {
        if (!network.config().hasGroups()) {
            return;
        }
        Grouping grouping = network.config().grouping(_ -> {});
        for (ChannelWatch.Seen layer : network.layers()) {
            int groups = grouping.of(layer.name(), layer.channels());
            long values = layer.channels() / groups * layer.pixels();
            if (values == 1) {
                String detail =
                        "%s: maps are 1×1 there, and %d channels in %d groups are one value each, which come out the "
                                        .formatted(layer.name(), layer.channels(), groups)
                                + "same for all images";
                throw job.optionalInput("model").isPresent() && params.mode().equals("train")
                        ? MethodException.input("the model: " + detail)
                        : MethodException.parameter("/groups", detail + "; take fewer groups");
            }
            if (values == 2) {
                job.log("warning: %s: groups of two values, of which only the larger one is told"
                        .formatted(layer.name()));
            }
        }
    }

    private static Optimizer optimizer(OptimizerParams params, Network network) {
        List<String> noDecay = new ArrayList<>(params.noDecay());
        noDecay.add("*.norm.*");
        return params.choice().create(WeightGroups.of(network.store().parameters(), params.weightDecay(), noDecay));
    }

    /** To the end of the plan; with no pass to make, only looks. */
    void run() throws MethodException, IOException, InterruptedException {
        layers.take(0);
        if (params.epochs() == 0) {
            return;
        }
        Schedule schedule = params.schedule().over(steps);
        network.estimates().rate(rate(schedule, 0));
        try (var loader = new DataLoader<>(
                images -> images, new Shuffle(split.train().size(), job.seed()), params.batch(), LOADED_AHEAD)) {
            TrainingState state = new TrainingState()
                    .with("data", loader)
                    .with("model", network.store())
                    .with("optimizer", optimizer)
                    .with("layers", layers)
                    .with("gradients", gradients);
            var learner = new Learner<int[]>(
                    "loss",
                    network.store().parameters(),
                    optimizer,
                    images -> network.classifier().loss(split.train(), images),
                    observer(schedule));
            TrainingPlan plan = TrainingPlan.of(steps, params.scaledRate(), schedule)
                    .accumulate(params.accumulation())
                    .checkpointEvery(Math.max(STEPS_BETWEEN_STATES, IMAGES_BETWEEN_STATES / params.stepImages()));
            new TrainingLoop<>(job, plan, loader, List.of(learner), state).run();
        }
    }

    private Learner.Observer observer(Schedule schedule) {
        Learner.Observer looking = gradients.and(layers);
        if (network.estimates().isEmpty() || params.rhoSchedule().equals("constant")) {
            return looking;
        }
        return looking.and(new Learner.Observer() {
            @Override
            public void afterUpdate(long step, double loss) {
                network.estimates().rate(rate(schedule, step + 1));
            }
        });
    }

    private double rate(Schedule schedule, long step) {
        return params.rho() * (params.rhoSchedule().equals("constant") ? 1 : schedule.factor(step));
    }

    LayerLooks layers() {
        return layers;
    }

    GradientLooks gradients() {
        return gradients;
    }

    void writeOptimizer(Path folder) throws IOException {
        TensorFile.write(folder.resolve("optimizer.safetensors"), optimizer.state(), Map.of("format", "pt"));
    }

    @Override
    public void close() {
        gradients.close();
        optimizer.close();
    }
}
