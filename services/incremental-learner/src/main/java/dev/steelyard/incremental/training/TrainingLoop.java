package dev.steelyard.incremental.training;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.train.DataLoader;
import dev.steelyard.tensor.train.Gradients;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.TrainingState;
import dev.steelyard.tensor.train.UnfitGradientException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Trains in a job: one learner, or several that are to be compared, side by side on the same batches. Between steps the
 * job may be cancelled; from the last saved state a later attempt continues and ends with the bits of a run that was
 * never interrupted.
 *
 * @param <B> a batch
 */
public final class TrainingLoop<B> {
    private static final String STATE = "state.safetensors";

    private final JobContext job;
    private final TrainingPlan plan;
    private final DataLoader<B> data;
    private final List<Learner<B>> learners;
    private final TrainingState state;

    /** @param state everything the run depends on: models, optimizers, random numbers, position in the data */
    public TrainingLoop(
            JobContext job, TrainingPlan plan, DataLoader<B> data, List<Learner<B>> learners, TrainingState state) {
        this.job = job;
        this.plan = plan;
        this.data = data;
        this.learners = List.copyOf(learners);
        this.state = state;
    }

    /**
     * Trains to the end of the plan, from the job's last saved state if there is one.
     *
     * @throws MethodException when a loss, or in the end a weight, is no longer finite, naming the step
     * @throws InterruptedException when the job was cancelled
     */
    public void run() throws MethodException, IOException, InterruptedException {
        for (long step = restored(); step < plan.steps(); step++) {
            job.checkCancelled();
            boolean report = plan.reports(step);
            double[] losses = gradients(step);
            for (int i = 0; i < losses.length; i++) {
                Learner<B> learner = learners.get(i);
                update(learner, losses[i], step);
                if (report) {
                    job.metric(learner.curve(), step + 1, losses[i]);
                }
            }
            if (report) {
                job.progress((double) (step + 1) / plan.steps(), "step %d of %d".formatted(step + 1, plan.steps()));
            }
            if ((step + 1) % plan.checkpointEvery() == 0 || step + 1 == plan.steps()) {
                save(step + 1);
            }
        }
    }

    /**
     * The mean gradient of a step's batches, each of which is let go before the next is taken.
     *
     * @return the mean loss of each learner
     */
    private double[] gradients(long step) throws MethodException, IOException, InterruptedException {
        learners.forEach(learner -> learner.optimizer().clearGradients());
        double[] losses = new double[learners.size()];
        int count = plan.batches(step);
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                job.checkCancelled();
            }
            B batch = data.next();
            for (int j = 0; j < losses.length; j++) {
                Learner<B> learner = learners.get(j);
                losses[j] += gradients(learner, batch, count, step) / count;
                if (i + 1 < count && plan.clip().isEmpty()) {
                    learner.optimizer().fold();
                }
            }
        }
        return losses;
    }

    private void update(Learner<B> learner, double loss, long step)
            throws MethodException, IOException, InterruptedException {
        plan.clip().ifPresent(limit -> Gradients.clip(learner.parameters(), limit));
        try (var _ = TensorScope.open()) {
            learner.observer().beforeUpdate(step);
            learner.optimizer().step(plan.learningRate() * plan.schedule().factor(step));
            if (step + 1 == plan.steps()) {
                requireFinite(learner);
            }
            learner.observer().afterUpdate(step, loss);
        } catch (UnfitGradientException e) {
            throw MethodException.parameter(
                    "/learningRate",
                    "%s, at step %d; lower the learning rate or look for bad values in the data"
                            .formatted(e.getMessage(), step + 1));
        }
    }

    /** What the last step made of the weights no loss is taken of any more. */
    private void requireFinite(Learner<B> learner) throws MethodException {
        for (Parameter parameter : learner.parameters()) {
            if (!parameter.isFinite()) {
                throw MethodException.parameter(
                        "/learningRate",
                        "%s is not finite after step %d; lower the learning rate or look for bad values in the data"
                                .formatted(parameter.name(), plan.steps()));
            }
        }
    }

    /**
     * Adds the gradients of one batch to those that are there.
     *
     * @param of batches of the step
     */
    private double gradients(Learner<B> learner, B batch, int of, long step) throws MethodException {
        try (var _ = TensorScope.open()) {
            Tensor loss = learner.objective().loss(batch);
            double value = loss.item_double();
            if (!Double.isFinite(value)) {
                throw MethodException.parameter(
                        "/learningRate",
                        "%s is %s at step %d; lower the learning rate or look for bad values in the data"
                                .formatted(learner.curve(), value, step + 1));
            }
            (of == 1 ? loss : loss.div(new Scalar((double) of))).backward();
            return value;
        }
    }

    private long restored() throws IOException {
        Optional<Path> saved = job.restore();
        if (saved.isEmpty()) {
            return 0;
        }
        long done = state.restore(saved.get().resolve(STATE));
        job.log("continues after step " + done);
        return done;
    }

    private void save(long done) throws IOException {
        job.checkpoint(folder -> state.save(folder.resolve(STATE), done));
    }
}
