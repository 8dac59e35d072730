package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.incremental.training.Curves;
import dev.steelyard.incremental.training.Learner;
import dev.steelyard.incremental.training.TrainingLoop;
import dev.steelyard.incremental.training.TrainingPlan;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.nn.Phase;
import dev.steelyard.tensor.train.DataLoader;
import dev.steelyard.tensor.train.Schedule;
import dev.steelyard.tensor.train.Shuffle;
import dev.steelyard.tensor.train.TrainingState;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.bytedeco.pytorch.Tensor;

/** Stage 1: SimCLR on all images, without labels. */
record TeacherTraining(TeacherParams params, Views views, ImageSet images, Curves curves) {
    static final String CURVE = "teacher/loss";

    private static final int AHEAD = 2;

    void run(Teacher teacher, JobContext job) throws MethodException, IOException, InterruptedException {
        long perPass = images.size() / params.batch();
        if (perPass == 0) {
            throw MethodException.parameter(
                    "/teacher/batch", "there are %d images; a batch takes %d".formatted(images.size(), params.batch()));
        }
        long steps = params.epochs() * perPass;
        if (steps == 0) {
            return;
        }
        long seed = job.seed();
        try (var optimizer = params.optimizer().create(teacher.store().parameters());
                var loader = new DataLoader<float[]>(
                        (number, items) -> pairs(seed, number, items),
                        new Shuffle(images.size(), seed),
                        params.batch(),
                        AHEAD)) {
            Drawing drawing = new Drawing(perPass);
            TrainingState state = new TrainingState()
                    .with("teacher", teacher.store())
                    .with("teacher.optimizer", optimizer)
                    .with("curves", curves)
                    .with("drawing", drawing)
                    .with("data", loader);
            Learner<float[]> learner = new Learner<>(
                    CURVE,
                    teacher.store().parameters(),
                    optimizer,
                    pair -> NtXent.of(teacher.embed(pair, Phase.TRAINING), params.temperature()),
                    drawing);
            new TrainingLoop<>(job, plan(steps, perPass), loader, List.of(learner), state).run();
        }
    }

    private TrainingPlan plan(long steps, long perPass) {
        long rising = params.warmUp() * perPass;
        double rise = rising == 0 ? 1 : params.rise();
        Schedule schedule = new Schedule.Cosine(steps - rising, 0).after(rising, 1 / rise);
        return TrainingPlan.of(steps, params.learningRate() * rise, schedule);
    }

    /** A view of each image, and then another of each. */
    private float[] pairs(long seed, long number, int[] items) {
        RandomGenerator random = SeededRandom.at(seed, "teacher views", number);
        int size = images.shape().size();
        float[] pair = new float[2 * items.length * size];
        for (int i = 0; i < items.length; i++) {
            float[] image = images.pixels(new int[] {items[i]});
            views.draw(image, pair, i * size, random, true);
            views.draw(image, pair, (items.length + i) * size, random, true);
        }
        return pair;
    }

    /** Keeps the mean loss of each pass for the report. */
    private final class Drawing implements Learner.Observer, TrainingState.Part {
        private final long perPass;
        private double sum; // of the losses of this pass

        Drawing(long perPass) {
            this.perPass = perPass;
        }

        @Override
        public void afterUpdate(long step, double loss) {
            sum += loss;
            if ((step + 1) % perPass == 0) {
                curves.add(CURVE, (step + 1) / perPass, sum / perPass);
                sum = 0;
            }
        }

        @Override
        public Map<String, Tensor> save() {
            return Map.of("sum", Tensors.of(new double[] {sum}, 1));
        }

        @Override
        public void restore(Map<String, Tensor> saved) {
            sum = TrainingState.require(saved, "sum").item_double();
        }
    }
}
