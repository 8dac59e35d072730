package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.incremental.training.Curves;
import dev.steelyard.incremental.training.Learner;
import dev.steelyard.incremental.training.TrainingLoop;
import dev.steelyard.incremental.training.TrainingPlan;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.Outputs;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.train.DataLoader;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.Shuffle;
import dev.steelyard.tensor.train.TensorFile;
import dev.steelyard.tensor.train.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One run: trains, watches and writes.
 *
 * @param <B> a batch of the task
 */
final class Training<B> {
    static final String STATE_FILE = "optimizer.safetensors";

    private final GradNormLoRPParams params;
    private final JobContext job;
    private final Targets targets;
    private final Tuning tuning;
    private final RandomTensors random;
    private final Task<B> task;
    private final Curves curves = new Curves();

    Training(
            GradNormLoRPParams params,
            JobContext job,
            Targets targets,
            Tuning tuning,
            RandomTensors random,
            Task<B> task) {
        this.params = params;
        this.job = job;
        this.targets = targets;
        this.tuning = tuning;
        this.random = random;
        this.task = task;
    }

    Outputs run() throws MethodException, IOException, InterruptedException {
        targets.require(task.store());
        if (task.examples() < params.batch()) {
            throw MethodException.parameter(
                    "/batch",
                    "the data give %d examples to train on; expected at most so many in a batch, found %d"
                            .formatted(task.examples(), params.batch()));
        }
        tuning.begin(task.store());
        job.log("%d linear weights are targets; what else fits their names is no linear weight (%d)"
                .formatted(targets.names().size(), targets.skipped(task.store()).size()));
        goOn();
        try (var norms = new RowNorms(() -> tuning.weights(task.store()), targets.names());
                var loader =
                        new DataLoader<>(task::batch, new Shuffle(task.examples(), job.seed()), params.batch(), 1)) {
            TrainingPlan plan = plan();
            Watch watch = new Watch(job, plan, params, tuning, norms, task, curves);
            TrainingState state = new TrainingState()
                    .with("model", task.store())
                    .with("data", loader)
                    .with("random", random)
                    .with("curves", curves);
            tuning.join(state);
            Learner<B> learner = new Learner<>("loss", tuning.parameters(), tuning.optimizer(), task::loss, watch);
            new TrainingLoop<>(job, plan, loader, List.of(learner), state).run();
            job.progress(1, "measures and writes");
            return new Report(params, job, targets, tuning, norms, curves, task).write();
        }
    }

    private TrainingPlan plan() {
        TrainingPlan plan = TrainingPlan.of(
                        params.steps(), params.learningRate(), params.schedule().over(params.steps()))
                .accumulate(tuning::batches);
        return params.clip() > 0 ? plan.clip(params.clip()) : plan;
    }

    /** Takes over the optimizer state of an earlier job, if one is given. */
    private void goOn() throws MethodException, IOException {
        Optional<Path> folder = job.optionalInput(GradNormLoRPTraining.OPTIMIZER);
        if (folder.isEmpty()) {
            return;
        }
        if (job.optionalInput(GradNormLoRPTraining.MODEL).isEmpty()) {
            throw MethodException.input("optimizer: needs the input model, whose weights its moments are of");
        }
        if (params.tuning().equals("lora")) {
            throw MethodException.input("optimizer: its moments are of an adapter that is part of the weights by now;"
                    + " a new adapter begins without");
        }
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            tuning.optimizer().restore(TensorFile.read(folder.get().resolve(STATE_FILE)));
        } catch (IllegalArgumentException e) {
            throw MethodException.file(STATE_FILE, STATE_FILE + ": " + e.getMessage())
                    .in(folder.get());
        }
    }
}
