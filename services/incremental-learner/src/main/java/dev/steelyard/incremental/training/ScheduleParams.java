package dev.steelyard.incremental.training;

import dev.steelyard.method.Param;
import dev.steelyard.tensor.train.Schedule;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Pattern;

/** How the learning rate moves, as a parameter of its own: {@code {"shape": "cosine", "warmUp": 0.03}}. */
public record ScheduleParams(
        @Param(value = "Learning rate after warm-up: cosine, linear or constant.", defaultValue = "\"cosine\"")
        @Pattern(regexp = "cosine|linear|constant")
        String shape,

        @Param(value = "Linear warm-up, as a share of all steps.", defaultValue = "0") @DecimalMin("0") @DecimalMax("1")
        double warmUp,

        @Param(value = "Learning rate at the end, as a share of its peak.", defaultValue = "0")
        @DecimalMin("0")
        @DecimalMax("1")
        double end) {

    /** @param steps of the run, 1 or more */
    public Schedule over(long steps) {
        long rising = Math.round(warmUp * steps);
        return of(shape, Math.max(1, steps - rising), end).after(rising);
    }

    /** A schedule by its name. */
    public static Schedule of(String shape, long steps, double end) {
        return switch (shape) {
            case "cosine" -> new Schedule.Cosine(steps, end);
            case "linear" -> new Schedule.Linear(steps, end);
            case "constant" -> new Schedule.Constant();
            default -> throw new IllegalArgumentException("no schedule " + shape);
        };
    }
}
