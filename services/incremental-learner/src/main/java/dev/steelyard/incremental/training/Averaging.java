package dev.steelyard.incremental.training;

import dev.steelyard.tensor.train.MovingAverage;
import java.util.Optional;

/** Takes a learner's weights into an average after each update. */
public record Averaging(MovingAverage average) implements Learner.Observer {

    /** Nothing where there is no average. */
    public static Learner.Observer of(Optional<MovingAverage> average) {
        return average.<Learner.Observer>map(Averaging::new).orElse(Learner.Observer.NONE);
    }

    @Override
    public void afterUpdate(long step, double loss) {
        average.update();
    }
}
