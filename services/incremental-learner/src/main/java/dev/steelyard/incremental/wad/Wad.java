package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.incremental.images.ImageModelConfig;
import dev.steelyard.incremental.training.Closing;
import dev.steelyard.incremental.training.Curves;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Port;
import dev.steelyard.tensor.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Learns a classifier of known classes from few labelled images and a pool that also holds images of other classes: a
 * teacher trained without labels says how sure it is of each, and each counts as much. Du and others, "Semi-Supervised
 * Learning via Weight-aware Distillation under Class Distribution Mismatch", ICCV 2023, arXiv:2308.11874.
 */
public final class Wad implements Method<WadParams> {
    static final String LABELLED = "labelled";
    static final String UNLABELLED = "unlabelled";
    static final String TEACHER = "teacher";
    static final String STUDENT = "student";
    static final String WEIGHTS = "weights";
    static final String TRUTH = "truth";
    static final String REPORT = "report";
    static final String STATE = "state.safetensors";

    private static final double TEACHER_SHARE = 0.6;
    private static final MethodSpec<WadParams> SPEC = MethodSpec.of("wad", "3", WadParams.class)
            .summary("Learns known classes from few labels and a pool that also holds other things.")
            .paper(
                    "Semi-Supervised Learning via Weight-aware Distillation under Class Distribution Mismatch",
                    "arXiv:2308.11874")
            .description("""
                    A teacher learns from all images without labels to tell views of one image from those of others \
                    (SimCLR). It then gives each image of the pool the class of its nearest labelled neighbour, and a \
                    weight: how much nearer that neighbour is than any of another class. A student learns from labelled \
                    images and, by weight, from the pool; after each round the images on which student and teacher \
                    agree most are labelled. Images of unknown classes lie between the known ones and count little.

                    What each image was taken for and what it counted is an output of its own. A second student that \
                    learns from the labelled images alone is trained beside it, and its accuracy reported. With the \
                    input `truth`, which nothing is learned from, the report also says how well weights tell known \
                    from unknown.

                    Images are held in memory, 4 bytes a pixel value, twice with `whiten`. A job that was interrupted \
                    continues from a state saved every 200 steps and ends with the same bits.""")
            .input(Port.dataset(LABELLED, "few labelled images of each known class; a part test, if any, for accuracy"))
            .input(Port.dataset(UNLABELLED, "the pool; labels, if any, are not looked at"))
            .input(Port.model(TEACHER, "teacher of an earlier job on images like these")
                    .optional())
            .input(Port.dataset(TRUTH, "JSON lines of id and label for images of the pool, for the report alone")
                    .optional())
            .output(Port.model(STUDENT, "the classifier: model.safetensors, config.json"))
            .output(Port.model(TEACHER, "the teacher, where there is one").optional())
            .output(Port.dataset(WEIGHTS, "weights.parquet: id, label, s1, s2, weight, round, probability"))
            .output(Port.report(REPORT, "accuracy by round, weights, images of the highest and the lowest"))
            .example("Colour photographs", "{\"teacher\": {\"network\": \"residual\", \"hidden\": [64, 128, 256]}}")
            .example("Digits", """
                    {"augmentation": {"cropMin": 0.4, "rotation": 15, "mirror": 0, "jitter": 0}, \
                    "student": {"mirror": false}}""")
            .build();

    @Override
    public MethodSpec<WadParams> spec() {
        return SPEC;
    }

    @Override
    public Outputs run(WadParams params, JobContext job) throws MethodException, IOException, InterruptedException {
        Torch engine = Torch.start(job.threads());
        Samples samples = Samples.read(job);
        require(params, samples);
        ImageModelConfig student = student(params, samples);
        Optional<Path> truthFolder = job.optionalInput(TRUTH);
        Truth truth = truthFolder.isPresent() ? Truth.read(truthFolder.get(), samples) : Truth.none(samples);
        SplitTable split = SplitTable.of(samples, truth);
        split.lines().forEach(job::log);
        warn(params, samples, job);
        Curves curves = new Curves();
        boolean trains = params.isTaught() && job.optionalInput(TEACHER).isEmpty();
        try (Closing closing = new Closing()) {
            Optional<Teacher> teacher = teacher(engine, params, samples, job).map(t -> closing.with(t, Teacher::close));
            if (trains && teacher.isPresent() && !Rounds.begun(job)) {
                var views = new Views(params.augmentation(), samples.images().shape());
                var training = new TeacherTraining(params.teacher(), views, samples.images(), curves);
                new Stage(job, TEACHER, 0, TEACHER_SHARE, 0)
                        .run("/teacher", stage -> training.run(teacher.get(), stage));
            }
            Optional<Whitening> whitening = params.student().whiten()
                    ? Optional.of(closing.with(new Whitening(samples.images()), Whitening::close))
                    : Optional.empty();
            Rounds.Inputs inputs = inputs(params, samples, truth, teacher, whitening);
            Rounds rounds =
                    closing.with(new Rounds(engine, params, inputs, student, curves, job.seed()), Rounds::close);
            rounds.run(job, trains ? TEACHER_SHARE : 0);
            return new WadResult(SPEC, params, inputs, split, rounds, curves, teacher, whitening).write(job);
        }
    }

    private static Optional<Teacher> teacher(Torch engine, WadParams params, Samples samples, JobContext job)
            throws MethodException, IOException {
        if (!params.isTaught()) {
            return Optional.empty();
        }
        Optional<Path> given = job.optionalInput(TEACHER);
        if (given.isEmpty()) {
            TeacherConfig config =
                    TeacherConfig.of(params.teacher(), samples.images().shape());
            return Optional.of(new Teacher(engine, job.seed(), config));
        }
        Teacher teacher = Teacher.read(engine, given.get());
        if (!teacher.config().shape().equals(samples.images().shape())) {
            teacher.close();
            throw MethodException.input("teacher: takes images of %s, labelled holds images of %s"
                    .formatted(teacher.config().shape(), samples.images().shape()));
        }
        return Optional.of(teacher);
    }

    private static Rounds.Inputs inputs(
            WadParams params, Samples samples, Truth truth, Optional<Teacher> teacher, Optional<Whitening> whitening) {
        ImageSet seen = whitening.map(w -> w.of(samples.images())).orElse(samples.images());
        Optional<ImageSet> test =
                samples.test().map(set -> whitening.map(w -> w.of(set)).orElse(set));
        Optional<Knowledge> knowledge = teacher.map(known -> new Knowledge(
                params,
                known,
                samples.images(),
                new Views(params.augmentation(), samples.images().shape()),
                samples.classes().size()));
        return new Rounds.Inputs(samples, seen, test, truth, knowledge, teacher.map(Teacher::store));
    }

    private static ImageModelConfig student(WadParams params, Samples samples) throws MethodException {
        return ImageModelConfig.of(
                params.student().network(),
                params.student().hidden(),
                "batch",
                samples.images().shape(),
                samples.classes());
    }

    private static void require(WadParams params, Samples samples) throws MethodException {
        if (samples.unlabelled() < params.student().unlabelledBatch()) {
            throw MethodException.parameter(
                    "/student/unlabelledBatch",
                    "there are %d unlabelled images; a batch takes %d"
                            .formatted(samples.unlabelled(), params.student().unlabelledBatch()));
        }
        int values = samples.images().shape().size();
        if (params.student().whiten() && values > Whitening.MOST_VALUES) {
            throw MethodException.parameter(
                    "/student/whiten",
                    "an image has %d values; at most %d are whitened".formatted(values, Whitening.MOST_VALUES));
        }
        if (params.student().whiten() && params.changesStrongly()) {
            throw MethodException.parameter(
                    "/student/whiten",
                    "strong changes, the threshold's and those of strong, are of images as they are");
        }
    }

    private static void warn(WadParams params, Samples samples, JobContext job) {
        int copies = samples.copies();
        if (copies > 0) {
            job.log("warning: %d images of the pool are copies of labelled ones".formatted(copies));
        }
        Growth growth = new Growth(params.alpha(), params.rounds());
        if (params.isTaught() && params.alpha() > 0 && growth.count(1, samples.unlabelled()) < 1) {
            job.log("warning: alpha is too small for %d images: none is labelled after round 1"
                    .formatted(samples.unlabelled()));
        }
    }
}
