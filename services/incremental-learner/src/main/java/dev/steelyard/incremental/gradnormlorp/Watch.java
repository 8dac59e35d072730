package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.incremental.training.Curves;
import dev.steelyard.incremental.training.Learner;
import dev.steelyard.incremental.training.TrainingPlan;
import dev.steelyard.method.JobContext;
import dev.steelyard.tensor.train.GradNormLoRP;
import java.util.Map;
import java.util.Optional;

/** Looks on: losses, what subspaces hold and how they move, how far row norms go. */
final class Watch implements Learner.Observer {
    static final String LOSS = "loss";
    static final String VALIDATION = "validation/";
    static final String TEST = "test/";
    static final String CAPTURED = "captured";
    static final String OVERLAP = "overlap";
    static final String DRIFT = "rowNormDrift";

    private final JobContext job;
    private final TrainingPlan plan;
    private final GradNormLoRPParams params;
    private final Tuning tuning;
    private final RowNorms norms;
    private final Task<?> task;
    private final Curves curves;
    private boolean chooses;

    Watch(
            JobContext job,
            TrainingPlan plan,
            GradNormLoRPParams params,
            Tuning tuning,
            RowNorms norms,
            Task<?> task,
            Curves curves) {
        this.job = job;
        this.plan = plan;
        this.params = params;
        this.tuning = tuning;
        this.norms = norms;
        this.task = task;
        this.curves = curves;
    }

    /** A run that goes on with an optimizer's state does not choose subspaces by its own steps. */
    @Override
    public void beforeUpdate(long step) {
        chooses = tuning.projecting().stream().anyMatch(GradNormLoRP::choosesNext);
    }

    @Override
    public void afterUpdate(long step, double loss) throws InterruptedException {
        long done = step + 1;
        boolean last = done == plan.steps();
        Optional<GradNormLoRP> projecting = tuning.projecting();
        if (plan.reports(step)) {
            curves.add(LOSS, done, loss);
            projecting.ifPresent(optimizer -> add(CAPTURED, done, mean(optimizer.captured())));
            add(DRIFT, done, mean(norms.drift()));
        }
        if (chooses) {
            projecting.ifPresent(optimizer -> add(OVERLAP, done, mean(optimizer.overlaps())));
        }
        if (last || (params.evaluateEvery() > 0 && done % params.evaluateEvery() == 0)) {
            task.measure(last ? Task.Part.VALIDATION : Task.Part.SOME, job)
                    .forEach((figure, value) -> add(VALIDATION + figure, done, value));
        }
        if (last) {
            task.measure(Task.Part.TEST, job).forEach((figure, value) -> add(TEST + figure, done, value));
        }
    }

    private void add(String curve, long step, double value) {
        if (Double.isFinite(value)) {
            curves.add(curve, step, value);
            job.metric(curve, step, value);
        }
    }

    /** Over those that are known. */
    private static double mean(Map<String, Double> values) {
        return values.values().stream()
                .filter(Double::isFinite)
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(Double.NaN);
    }
}
