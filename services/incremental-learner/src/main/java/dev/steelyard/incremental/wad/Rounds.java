package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.incremental.images.ImageModelConfig;
import dev.steelyard.incremental.training.Curves;
import dev.steelyard.incremental.training.Learner;
import dev.steelyard.incremental.training.TrainingLoop;
import dev.steelyard.incremental.training.TrainingPlan;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.Schedule;
import dev.steelyard.tensor.train.TrainingState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** Stages 2 to 4, round after round: what the teacher knows, a student that learns it, and labels for the pool. */
final class Rounds implements AutoCloseable {
    static final String STUDENT = "student";
    static final String SUPERVISED = "supervised";

    private static final String STAGE = "round ";

    private final WadParams params;
    private final Inputs inputs;
    private final Pool pool;
    private final Curves curves;
    private final Optional<Student> student;
    private final Optional<Student> supervised;

    /**
     * What the rounds work with.
     *
     * @param images as students see them, all of {@code samples}
     * @param test the same of the test images
     * @param knowledge of the teacher, if there is one
     */
    record Inputs(
            Samples samples,
            ImageSet images,
            Optional<ImageSet> test,
            Truth truth,
            Optional<Knowledge> knowledge,
            Optional<ParameterStore> teacher) {}

    Rounds(Torch engine, WadParams params, Inputs inputs, ImageModelConfig config, Curves curves, long seed) {
        this.params = params;
        this.inputs = inputs;
        this.pool = inputs.samples().pool();
        this.curves = curves;
        boolean alone = params.weighting().equals(SUPERVISED);
        student = alone ? Optional.empty() : Optional.of(new Student(engine, seed, config, params.student()));
        supervised = alone || params.supervised()
                ? Optional.of(new Student(engine, seed, config, params.student()))
                : Optional.empty();
    }

    Pool pool() {
        return pool;
    }

    /** The student that the job is about. */
    Student student() {
        return student.or(() -> supervised).orElseThrow();
    }

    Optional<Student> supervised() {
        return supervised;
    }

    /** Whether the job's newest saved state is of a round. */
    static boolean begun(JobContext job) throws IOException {
        return saved(job).isPresent();
    }

    private static Optional<String> saved(JobContext job) throws IOException {
        return Stage.saved(job).filter(name -> name.startsWith(STAGE));
    }

    /**
     * All rounds, from the one that the job's last saved state is of.
     *
     * @param from share of the job that is done before
     */
    void run(JobContext job, double from) throws MethodException, IOException, InterruptedException {
        int all = params.rounds() + 1;
        int first = 1;
        Optional<String> saved = saved(job);
        if (saved.isPresent()) {
            first = Integer.parseInt(saved.get().substring(STAGE.length()));
            carried(new TrainingState()).restore(job.restore().orElseThrow().resolve(Wad.STATE));
        }
        for (int round = first; round <= all; round++) {
            double before = from + (1 - from) * (round - 1) / all;
            double after = from + (1 - from) * round / all;
            long firstStep = (long) (round - 1) * params.student().iterations();
            int number = round;
            new Stage(job, STAGE + round, before, after, firstStep).run("/student", stage -> round(number, stage, job));
        }
    }

    /** @param job the whole of it, whose curves by round do not begin anew with each */
    private void round(int round, Stage stage, JobContext job)
            throws MethodException, IOException, InterruptedException {
        if (inputs.knowledge().isPresent()) {
            inputs.knowledge().get().judge(pool, round, stage);
        }
        train(round, stage);
        RoundFigures figures = new RoundFigures(params, inputs, pool, curves, job);
        figures.pool(round);
        figures.accuracy(round, student, supervised);
        if (params.isTaught()) {
            int[] unlabelled = pool.unlabelled();
            // what is cut is none of the known classes, however small its loss
            int[] open = params.cut() > 0 ? pool.counted() : unlabelled;
            int[] promoted = Growth.smallest(
                    open,
                    losses(open, job),
                    new Growth(params.alpha(), params.rounds()).count(round, unlabelled.length));
            for (int image : promoted) {
                pool.promote(image, round);
            }
            figures.promoted(round, promoted);
        }
    }

    private void train(int round, JobContext job) throws MethodException, IOException, InterruptedException {
        List<Optimizer> optimizers = new ArrayList<>();
        var batches = new StudentBatches(params, inputs.images(), pool, job.seed(), round);
        try (var loader = batches.loader()) {
            TrainingState state = carried(new TrainingState()).with("data", loader);
            List<Learner<StudentBatch>> learners = new ArrayList<>();
            student.ifPresent(s -> learners.add(learner(STUDENT, s, this::loss, state, optimizers)));
            supervised.ifPresent(s ->
                    learners.add(learner(SUPERVISED, s, (own, batch) -> own.loss(batch.given()), state, optimizers)));
            TrainingPlan plan = TrainingPlan.of(
                    params.student().iterations(), params.student().learningRate(), new Schedule.Constant());
            new TrainingLoop<>(job, plan, loader, learners, state).run();
        } finally {
            optimizers.forEach(Optimizer::close);
        }
    }

    /** What a student learns from a batch. */
    private interface Lesson {
        Tensor loss(Student student, StudentBatch batch);
    }

    private Learner<StudentBatch> learner(
            String name, Student student, Lesson lesson, TrainingState state, List<Optimizer> optimizers) {
        var parameters = student.store().parameters();
        Optimizer optimizer = params.student().optimizer().create(parameters);
        optimizers.add(optimizer);
        state.with(name + ".optimizer", optimizer);
        return new Learner<>(
                name + "/loss", parameters, optimizer, batch -> lesson.loss(student, batch), student.observer());
    }

    private Tensor loss(Student own, StudentBatch batch) {
        return params.weighting().equals("threshold")
                ? own.loss(batch.labelled(), batch.pool(), batch.strong(), params.confidence())
                : own.loss(batch.labelled(), batch.pool());
    }

    /** What is handed from round to round. */
    private TrainingState carried(TrainingState state) {
        state.with("pool", pool).with("curves", curves);
        inputs.teacher().ifPresent(store -> state.with("teacher", store));
        student.ifPresent(s -> s.join(STUDENT, state));
        supervised.ifPresent(s -> s.join(SUPERVISED, state));
        return state;
    }

    /** −log of the probability that the student gives to what the teacher says. */
    private double[] losses(int[] images, JobContext job) throws InterruptedException {
        int classes = inputs.samples().classes().size();
        float[] all = student().logProbabilities(inputs.images(), images, classes, job::checkCancelled);
        double[] losses = new double[images.length];
        for (int i = 0; i < images.length; i++) {
            losses[i] = -all[i * classes + pool.label(images[i])];
        }
        return losses;
    }

    @Override
    public void close() {
        student.ifPresent(Student::close);
        supervised.ifPresent(Student::close);
    }
}
