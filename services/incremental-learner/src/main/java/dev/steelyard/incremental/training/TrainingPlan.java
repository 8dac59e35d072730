package dev.steelyard.incremental.training;

import dev.steelyard.tensor.train.Schedule;
import java.util.OptionalDouble;
import java.util.function.LongToIntFunction;

/**
 * How a run goes.
 *
 * @param steps in all, 1 or more
 * @param learningRate at the schedule's peak
 * @param clip largest norm of the gradient
 * @param accumulate batches whose mean gradient makes a step, by the step from 0; 1 or more
 * @param checkpointEvery steps between saved states, 1 or more
 * @param reportEvery steps between points of the loss curve, 1 or more
 */
public record TrainingPlan(
        long steps,
        double learningRate,
        Schedule schedule,
        OptionalDouble clip,
        LongToIntFunction accumulate,
        long checkpointEvery,
        long reportEvery) {

    private static final long POINTS = 400;

    public TrainingPlan {
        if (steps < 1 || checkpointEvery < 1 || reportEvery < 1 || !(learningRate > 0)) {
            throw new IllegalArgumentException("expected steps, intervals and learning rate above 0");
        }
    }

    /** No clipping, a batch a step, a state every 200 steps, about 400 points of a curve at most. */
    public static TrainingPlan of(long steps, double learningRate, Schedule schedule) {
        return new TrainingPlan(
                steps,
                learningRate,
                schedule,
                OptionalDouble.empty(),
                _ -> 1,
                200,
                Math.max(1, Math.ceilDiv(steps, POINTS)));
    }

    /** Whether the loss curve has a point after that step, from 0. */
    public boolean reports(long step) {
        return step % reportEvery == 0 || step + 1 == steps;
    }

    /** Batches of a step. */
    int batches(long step) {
        return requireBatches(accumulate.applyAsInt(step));
    }

    private static int requireBatches(int batches) {
        if (batches < 1) {
            throw new IllegalArgumentException("expected batches of a step above 0, found " + batches);
        }
        return batches;
    }

    public TrainingPlan checkpointEvery(long interval) {
        return new TrainingPlan(steps, learningRate, schedule, clip, accumulate, interval, reportEvery);
    }

    public TrainingPlan clip(double norm) {
        return new TrainingPlan(
                steps, learningRate, schedule, OptionalDouble.of(norm), accumulate, checkpointEvery, reportEvery);
    }

    /** The same number of batches for all steps. */
    public TrainingPlan accumulate(int batches) {
        int each = requireBatches(batches);
        return accumulate(_ -> each);
    }

    public TrainingPlan accumulate(LongToIntFunction batches) {
        return new TrainingPlan(steps, learningRate, schedule, clip, batches, checkpointEvery, reportEvery);
    }
}
