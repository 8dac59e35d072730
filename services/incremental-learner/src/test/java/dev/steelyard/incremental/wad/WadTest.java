package dev.steelyard.incremental.wad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.steelyard.artifacts.dataset.Dataset;
import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.incremental.RunFiles;
import dev.steelyard.incremental.features.FeatureExtraction;
import dev.steelyard.incremental.weightcompander.WeightCompanderTraining;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.local.LocalRun;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.train.TensorFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class WadTest {
    private static final int SIDE = 8;
    private static final int KNOWN = 90;
    private static final int UNKNOWN = 60;
    private static final int TEACHER_STEPS = 240; // 162 images, 5 batches of 32, 48 passes
    private static final int ITERATIONS = 12;

    @TempDir
    static Path data;

    private final Wad method = new Wad();

    /** Known are bright rows at one of three heights, unknown are bright columns; all under noise. */
    @BeforeAll
    static void drawImages() throws IOException {
        RandomGenerator random = new SplittableRandom(5);
        for (int label = 0; label < 3; label++) {
            for (int i = 0; i < 4; i++) {
                draw("labelled/train/row-%d/%02d.png".formatted(label, i), label, true, random);
            }
            for (int i = 0; i < 20; i++) {
                draw("labelled/test/row-%d/test-%02d.png".formatted(label, i), label, true, random);
            }
        }
        StringBuilder truth = new StringBuilder();
        for (int i = 0; i < KNOWN + UNKNOWN; i++) {
            boolean known = i < KNOWN;
            draw("pool/%03d.png".formatted(i), i % 3, known, random);
            truth.append(
                    "{\"id\": \"%03d.png\", \"label\": \"%s-%d\"}%n".formatted(i, known ? "row" : "column", i % 3));
        }
        Files.createDirectories(data.resolve("truth"));
        Files.writeString(data.resolve("truth/truth.jsonl"), truth);
    }

    private static void draw(String file, int place, boolean row, RandomGenerator random) throws IOException {
        var image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                boolean bright = (row ? y : x) == 2 * place + 1;
                image.getRaster().setSample(x, y, 0, (bright ? 120 : 0) + random.nextInt(130));
            }
        }
        Path path = data.resolve(file);
        Files.createDirectories(path.getParent());
        ImageIO.write(image, "png", path.toFile());
    }

    private static Map<String, Path> inputs() {
        return new HashMap<>(Map.of(
                Wad.LABELLED, data.resolve("labelled"),
                Wad.UNLABELLED, data.resolve("pool"),
                Wad.TRUTH, data.resolve("truth")));
    }

    private static LocalRun job(Path folder, Map<String, Path> inputs) {
        return LocalRun.in(folder).threads(2).inputs(inputs);
    }

    private static String params(String more) {
        return params(more, "");
    }

    private static String params(String more, String ofStudent) {
        return """
                {"augmentation": {"cropMin": 0.7, "mirror": 0, "jitter": 0}, "views": 2, "rounds": 2%s,
                 "teacher": {"hidden": [8, 16], "projection": 8, "epochs": 48, "batch": 32, "warmUp": 2,
                             "learningRate": 0.02, "rise": 5},
                 "student": {"hidden": [8, 16], "iterations": %d, "batch": 8, "unlabelledBatch": 16, "mirror": false,
                             "shift": 0, "learningRate": 0.01%s}%s}""".formatted(more.contains("alpha") ? "" : ", \"alpha\": 0.5", ITERATIONS, ofStudent, more);
    }

    private static double last(JsonNode report, String figure) {
        JsonNode points = report.path("figures").path(figure);
        return points.get(points.size() - 1).get(1).doubleValue();
    }

    private static Map<String, String> files(LocalRun job, String... outputs) throws IOException {
        Map<String, String> files = RunFiles.hashes(job, outputs);
        assertThat(files).hasSizeGreaterThan(outputs.length);
        return files;
    }

    private record Weight(
            String id, String label, double best, double second, double weight, long round, double probability) {}

    private static List<Weight> weights(LocalRun job) throws IOException {
        List<Weight> rows = new ArrayList<>();
        try (ParquetFileReader file = ParquetFileReader.open(
                        InputFile.of(job.output(Wad.WEIGHTS).resolve("weights.parquet")));
                RowReader reader = file.rowReader()) {
            while (reader.hasNext()) {
                reader.next();
                rows.add(new Weight(
                        reader.getString("id"),
                        reader.getString("label"),
                        reader.getDouble("s1"),
                        reader.getDouble("s2"),
                        reader.getDouble("weight"),
                        reader.getLong("round"),
                        reader.getDouble("probability")));
            }
        }
        return rows;
    }

    @Test
    void inputs_that_are_too_large_together_are_refused_with_their_counts() throws Exception {
        Samples.requireTogether(1L << 28, 1L << 28);

        assertThatThrownBy(() -> Samples.requireTogether(1L << 28, (1L << 28) + 1))
                .isInstanceOf(MethodException.class)
                .hasMessageStartingWith(
                        "268435456 pixel values in labelled, 268435457 in unlabelled; at most 536870912 are taken together");
    }

    @Test
    void known_images_count_more_than_unknown_ones_and_every_weight_is_written(@TempDir Path folder) throws Exception {
        var job = job(folder, inputs());

        Outputs outputs = job.of(method, params(""));

        JsonNode report = RunFiles.report(job);
        assertThat(last(report, "AUROC of w")).isGreaterThan(0.6);
        assertThat(last(report, "accuracy")).isGreaterThan(0.5);
        assertThat(outputs.summary()).containsKeys("accuracy", "supervised accuracy", "AUROC of s1", "invasion");
        assertThat(report.path("split").path("known").path(1).path("labelled").intValue())
                .isEqualTo(4);
        assertThat(report.path("split").path("known").path(1).path("pool").intValue())
                .isEqualTo(KNOWN / 3);
        assertThat(report.path("split").path("unlabelledUnknown").intValue()).isEqualTo(UNKNOWN);
        assertThat(job.lines()).contains("| other classes | 0 | 0 | 60 |");
        assertThat(job.curves()).containsKeys("teacher/loss", "student/loss", "supervised/loss", "round/accuracy");
        List<Weight> weights = weights(job);
        assertThat(weights).hasSize(KNOWN + UNKNOWN).extracting(Weight::id).doesNotHaveDuplicates();
        for (Weight row : weights) {
            assertThat(row.weight())
                    .isEqualTo((double) ((float) row.best() - (float) row.second()))
                    .isNotNegative();
            assertThat(row.label()).startsWith("row-");
            assertThat(row.probability()).isBetween(0.0, 1.0);
        }
        // α(1 − 1/2)² of 150 is 18; of what is left nothing
        assertThat(weights.stream().filter(row -> row.round() == 1)).hasSize(18);
        assertThat(weights.stream().filter(row -> row.round() > 1)).isEmpty();
        assertThat(job.output(Wad.REPORT).resolve("highest.png")).exists();
        assertThat(job.output(Wad.REPORT).resolve("weights.svg")).exists();
    }

    @Test
    void job_stopped_anywhere_continues_to_the_same_bytes(@TempDir Path folder) throws Exception {
        String params = params("", ", \"average\": 0.9");
        var straight = job(folder.resolve("straight"), inputs());
        straight.of(method, params);
        String[] outputs = {Wad.STUDENT, Wad.TEACHER, Wad.WEIGHTS, Wad.REPORT};
        int round = 3 + ITERATIONS; // the pool is judged in one block, the labelled images in another; then the losses

        // before the first state and after it, while the pool is judged, and in each round
        for (int looks : List.of(
                5,
                220,
                TEACHER_STEPS + 1,
                TEACHER_STEPS + 2 + 5,
                TEACHER_STEPS + round + 1,
                TEACHER_STEPS + 3 * round - 1)) {
            var stopped = job(folder.resolve("stopped" + looks), inputs());
            assertThatThrownBy(() -> stopped.cancelAfter(looks).of(method, params))
                    .as("after %d looks", looks)
                    .isInstanceOf(InterruptedException.class);
            stopped.of(method, params);

            assertThat(files(stopped, outputs)).as("after %d looks", looks).isEqualTo(files(straight, outputs));
        }
    }

    @Test
    void without_warm_up_the_rate_is_not_raised(@TempDir Path folder) throws Exception {
        String params = params("")
                .replace("\"epochs\": 48", "\"epochs\": 1")
                .replace("\"warmUp\": 2", "\"warmUp\": 0")
                .replace("\"rounds\": 2", "\"rounds\": 0");
        var raised = job(folder.resolve("raised"), inputs());
        raised.of(method, params);
        var plain = job(folder.resolve("plain"), inputs());
        plain.of(method, params.replace("\"rise\": 5", "\"rise\": 1"));

        assertThat(files(raised, Wad.TEACHER)).isEqualTo(files(plain, Wad.TEACHER));
    }

    @Test
    void truth_that_numbers_classes_which_have_names_is_refused(@TempDir Path folder) throws Exception {
        Map<String, Path> inputs = inputs();
        Path truth = Files.createDirectories(folder.resolve("truth"));
        String id = Files.readAllLines(data.resolve("truth/truth.jsonl"))
                .getFirst()
                .replaceAll("\"label\": *\"[^\"]*\"", "\"label\": 3");
        Files.writeString(truth.resolve("truth.jsonl"), id + "\n");
        inputs.put(Wad.TRUTH, truth);

        assertThatThrownBy(() -> job(folder.resolve("job"), inputs).of(method, params("")))
                .hasMessageContaining(
                        "truth.jsonl: line 1: label 3 is a number, known classes have names: expected a name");
    }

    /** 6 batches of 24 in a pass: the state after 200 steps is of the midst of one. */
    @Test
    void losses_of_a_teacher_are_means_of_passes_whether_it_was_interrupted_or_not(@TempDir Path folder)
            throws Exception {
        String params = params("")
                .replace("\"epochs\": 48, \"batch\": 32", "\"epochs\": 35, \"batch\": 24")
                .replace("\"rounds\": 2", "\"rounds\": 0");
        var straight = job(folder.resolve("straight"), inputs());
        straight.of(method, params);
        List<Double> losses = Objects.requireNonNull(straight.curves().get("teacher/loss"));
        JsonNode passes = RunFiles.report(straight).path("figures").path("teacher/loss");
        assertThat(passes.size()).isEqualTo(35);
        for (int pass = 0; pass < 35; pass++) {
            double mean = losses.subList(6 * pass, 6 * pass + 6).stream()
                    .mapToDouble(loss -> loss)
                    .average()
                    .orElseThrow();
            assertThat(passes.path(pass).path(1).doubleValue()).isEqualTo(mean, within(1e-12));
        }

        var stopped = job(folder.resolve("stopped"), inputs());
        assertThatThrownBy(() -> stopped.cancelAfter(205).of(method, params)).isInstanceOf(InterruptedException.class);
        stopped.of(method, params);
        assertThat(files(stopped, Wad.REPORT)).isEqualTo(files(straight, Wad.REPORT));
    }

    /** A teacher to whom all images are the same: every weight is 0. */
    private static Path blindTeacher(LocalRun trained, Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.copy(trained.output(Wad.TEACHER).resolve("config.json"), folder.resolve("config.json"));
        try (var _ = TensorScope.open()) {
            Map<String, Tensor> tensors =
                    TensorFile.read(trained.output(Wad.TEACHER).resolve(Checkpoint.SINGLE));
            tensors.forEach((name, tensor) -> {
                if (name.startsWith("projection.2")) {
                    tensor.zero_();
                }
            });
            TensorFile.write(folder.resolve(Checkpoint.SINGLE), tensors, Map.of());
        }
        return folder;
    }

    @Test
    void given_teacher_is_used_as_it_is_and_a_blind_one_leaves_what_labels_alone_teach(@TempDir Path folder)
            throws Exception {
        var first = job(folder.resolve("first"), inputs());
        first.of(method, params(""));
        Map<String, Path> taught = inputs();
        taught.put(Wad.TEACHER, first.output(Wad.TEACHER));
        var second = job(folder.resolve("second"), taught);
        second.of(method, params(""));
        assertThat(files(second, Wad.STUDENT, Wad.TEACHER)).isEqualTo(files(first, Wad.STUDENT, Wad.TEACHER));
        assertThat(second.output(Wad.WEIGHTS).resolve("weights.parquet"))
                .hasSameBinaryContentAs(first.output(Wad.WEIGHTS).resolve("weights.parquet"));

        Map<String, Path> blind = inputs();
        blind.put(Wad.TEACHER, blindTeacher(first, folder.resolve("blind")));
        var unsure = job(folder.resolve("unsure"), blind);
        unsure.of(method, params(", \"alpha\": 0"));
        var alone = job(folder.resolve("alone"), inputs());
        alone.of(method, params(", \"weighting\": \"supervised\""));

        assertThat(weights(unsure)).allMatch(row -> row.weight() == 0);
        assertThat(files(unsure, Wad.STUDENT)).isEqualTo(files(alone, Wad.STUDENT));
        assertThat(files(first, Wad.STUDENT)).isNotEqualTo(files(alone, Wad.STUDENT));
    }

    /** What comes out, labels and is tested are averages; what is trained is as without them. */
    @Test
    void averages_come_out_and_are_tested_while_training_goes_on_as_without_them(@TempDir Path folder)
            throws Exception {
        var last = job(folder.resolve("last"), inputs());
        last.of(method, params(", \"weighting\": \"supervised\""));
        var averaged = job(folder.resolve("averaged"), inputs());
        averaged.of(method, params(", \"weighting\": \"supervised\"", ", \"average\": 0.99"));

        assertThat(averaged.curves().get("supervised/loss"))
                .isEqualTo(last.curves().get("supervised/loss"));
        assertThat(files(averaged, Wad.STUDENT)).isNotEqualTo(files(last, Wad.STUDENT));
        assertThat(last(RunFiles.report(averaged), "supervised accuracy")).isGreaterThan(0.8);
    }

    /** The first round trains as without averages; what is promoted after it is what they find probable. */
    @Test
    void averages_choose_what_is_promoted(@TempDir Path folder) throws Exception {
        var last = job(folder.resolve("last"), inputs());
        last.of(method, params(""));
        Map<String, Path> given = inputs();
        given.put(Wad.TEACHER, last.output(Wad.TEACHER));
        var averaged = job(folder.resolve("averaged"), given);
        averaged.of(method, params("", ", \"average\": 0.999"));

        assertThat(firstRound(averaged)).hasSize(ITERATIONS).isEqualTo(firstRound(last));
        assertThat(promoted(averaged)).hasSize(18);
        assertThat(promoted(last)).hasSize(18).isNotEqualTo(promoted(averaged));
    }

    /** 15 of 150 images are not cut, and α(1 − 1/2)² of 150 would be 18. */
    @Test
    void what_is_cut_is_not_promoted(@TempDir Path folder) throws Exception {
        var job = job(folder, inputs());

        job.of(method, params(", \"cut\": 0.9"));

        assertThat(weights(job).stream().filter(row -> row.round() == 1))
                .hasSize(15)
                .allMatch(row -> row.weight() > 0);
    }

    /** With two students that promote different images, the others' scores differ only where promoted ones vouch. */
    @Test
    void promoted_images_vouch_for_others_unless_the_neighbourhood_is_given(@TempDir Path folder) throws Exception {
        Map<String, Path> taught = inputs();
        var first = job(folder.resolve("first"), inputs());
        first.of(method, params(""));
        taught.put(Wad.TEACHER, first.output(Wad.TEACHER));
        for (String neighbourhood : List.of("grown", "given")) {
            String params = ", \"neighbourhood\": \"%s\"".formatted(neighbourhood);
            var one = job(folder.resolve(neighbourhood + 1), taught);
            one.of(method, params(params));
            var other = job(folder.resolve(neighbourhood + 2), taught);
            other.of(method, params(params, ", \"noise\": 0.6"));

            Set<String> promoted = promoted(one);
            assertThat(promoted).isNotEqualTo(promoted(other));
            promoted.addAll(promoted(other));
            assertThat(scores(one, promoted).equals(scores(other, promoted)))
                    .as(neighbourhood)
                    .isEqualTo(neighbourhood.equals("given"));
        }
    }

    /** Best and second score of images by their id. */
    private static Map<String, List<Double>> scores(LocalRun job, Set<String> without) throws IOException {
        return weights(job).stream()
                .filter(row -> !without.contains(row.id()))
                .collect(Collectors.toMap(Weight::id, row -> List.of(row.best(), row.second())));
    }

    private static List<Double> firstRound(LocalRun job) {
        return Objects.requireNonNull(job.curves().get("student/loss")).subList(0, ITERATIONS);
    }

    private static Set<String> promoted(LocalRun job) throws IOException {
        return weights(job).stream()
                .filter(row -> row.round() == 1)
                .map(Weight::id)
                .collect(Collectors.toSet());
    }

    @Test
    void baselines_need_no_teacher_or_trust_it_in_everything(@TempDir Path folder) throws Exception {
        var threshold = job(folder.resolve("threshold"), inputs());
        Outputs outputs = threshold.of(method, params(", \"weighting\": \"threshold\", \"confidence\": 0.4"));
        assertThat(outputs.names()).doesNotContain(Wad.TEACHER);
        assertThat(weights(threshold)).allMatch(row -> row.weight() == (row.best() >= 0.4 ? 1 : 0) && row.round() == 0);
        assertThat(threshold.curves()).doesNotContainKey("teacher/loss");

        Map<String, Path> untold = inputs();
        untold.remove(Wad.TRUTH);
        var trusted = job(folder.resolve("trusted"), untold);
        trusted.of(method, params(", \"weighting\": \"none\", \"supervised\": false"));
        assertThat(weights(trusted)).allMatch(row -> row.weight() == 1);
        assertThat(trusted.curves()).doesNotContainKeys("supervised/loss", "round/AUROC of w");
    }

    @Test
    void truth_of_unknown_images_alone_says_nothing_of_telling_them_apart(@TempDir Path folder) throws Exception {
        Map<String, Path> inputs = inputs();
        Path truth = Files.createDirectories(folder.resolve("truth"));
        Files.writeString(
                truth.resolve("truth.jsonl"), "{\"id\": \"%03d.png\", \"label\": \"column\"}".formatted(KNOWN));
        inputs.put(Wad.TRUTH, truth);
        var job = job(folder.resolve("job"), inputs);

        Outputs outputs = job.of(method, params(", \"weighting\": \"none\""));

        assertThat(outputs.summary())
                .containsKey("invasion")
                .doesNotContainKeys("AUROC of w", "AUROC of s1", "AUROC of -s2");
        assertThat(job.curves()).doesNotContainKey("round/AUROC of w");
    }

    private record Reader(Method<?> method, String input, String params) {}

    @Test
    void whitened_students_come_with_what_whitens_and_are_not_taken_for_others(@TempDir Path folder) throws Exception {
        var job = job(folder, inputs());

        job.of(method, params("", ", \"whiten\": true"));

        assertThat(last(RunFiles.report(job), "accuracy")).isGreaterThan(0.5);
        try (var _ = TensorScope.open()) {
            assertThat(TensorFile.read(job.output(Wad.STUDENT).resolve("whitening.safetensors")))
                    .containsOnlyKeys("mean", "matrix");
        }
        Path pool = data.resolve("labelled");
        for (var reader : List.of(
                new Reader(new FeatureExtraction(), "encoder", "{}"),
                new Reader(new WeightCompanderTraining(), "model", "{\"batch\": 4}"))) {
            var reading = LocalRun.in(folder.resolve(reader.input))
                    .threads(2)
                    .input("data", pool)
                    .input(reader.input, job.output(Wad.STUDENT));
            assertThatThrownBy(() -> reading.of(reader.method, reader.params))
                    .hasMessageContaining("config.json: whitening: expected a classifier of images as they are");
        }
    }

    @Test
    void whitened_images_have_nothing_in_common() throws IOException {
        Torch.start(2);
        ImageSet images = (ImageSet) Dataset.read(data.resolve("pool")).all();
        try (Whitening whitening = new Whitening(images)) {
            ImageSet white = whitening.of(images);
            double[][] covariance = new double[8][8];
            for (int image = 0; image < white.size(); image++) {
                float[] x = white.pixels(new int[] {image});
                for (int i = 0; i < 8; i++) {
                    for (int j = 0; j < 8; j++) {
                        covariance[i][j] += x[i] * x[j] / (white.size() - 1.0);
                    }
                }
            }
            for (int i = 0; i < 8; i++) {
                assertThat(covariance[i][i]).isBetween(0.95, 1.0);
                assertThat(covariance[i][(i + 1) % 8]).isBetween(-0.05, 0.05);
            }
        }
    }

    private void refused(Map<String, Path> inputs, String params, Path folder, String... parts) throws IOException {
        var job = job(folder, inputs);
        assertThatThrownBy(() -> job.of(method, params)).hasMessageContainingAll(parts);
    }

    @Test
    void labels_of_the_pool_are_not_looked_at(@TempDir Path folder) throws Exception {
        Path pool = folder.resolve("pool");
        Files.createDirectories(pool.resolve("train/row-0"));
        Files.createDirectories(pool.resolve("test"));
        Files.copy(data.resolve("pool/000.png"), pool.resolve("train/row-0/0.png"));
        Files.copy(data.resolve("pool/001.png"), pool.resolve("test/1.png"));
        Map<String, Path> few = inputs();
        few.put(Wad.UNLABELLED, pool);
        few.remove(Wad.TRUTH);

        refused(few, params(""), folder, "there are 2 unlabelled images; a batch takes 16");
    }

    @Test
    void unusable_inputs_are_refused(@TempDir Path folder) throws Exception {
        Map<String, Path> copied = inputs();
        Path copy = Files.createDirectories(folder.resolve("copy/train/row-0"));
        Files.copy(data.resolve("labelled/train/row-0/00.png"), copy.resolve("00.png"));
        copied.put(Wad.UNLABELLED, folder.resolve("copy"));
        refused(copied, params(""), folder, "1 ids are there twice, in labelled and in unlabelled: train/row-0/00.png");

        Map<String, Path> few = inputs();
        Path two = Files.createDirectories(folder.resolve("two"));
        Files.copy(data.resolve("pool/000.png"), two.resolve("000.png"));
        few.put(Wad.UNLABELLED, two);
        few.remove(Wad.TRUTH);
        refused(few, params(""), folder, "there are 1 unlabelled images; a batch takes 16");

        Map<String, Path> empty = inputs();
        Path classes = Files.createDirectories(folder.resolve("classes"));
        Files.createDirectories(classes.resolve("row-0"));
        Files.copy(data.resolve("pool/000.png"), classes.resolve("row-0/x.png"));
        Files.writeString(classes.resolve("labels.json"), "[\"row-0\", \"row-1\"]");
        empty.put(Wad.LABELLED, classes);
        refused(empty, params(""), folder, "class row-1 has no image");

        Map<String, Path> damaged = inputs();
        Path broken = Files.createDirectories(folder.resolve("broken"));
        Files.writeString(broken.resolve("a.png"), "no image");
        Files.writeString(broken.resolve("b.png"), "none either");
        damaged.put(Wad.UNLABELLED, broken);
        refused(damaged, params(""), folder, "2 images cannot be read", "a.png: is not an image", "b.png");

        Map<String, Path> strange = inputs();
        Path truth = Files.createDirectories(folder.resolve("truth"));
        Files.writeString(truth.resolve("t.jsonl"), "\n{\"id\": \"nobody.png\", \"label\": 1}\n");
        strange.put(Wad.TRUTH, truth);
        refused(strange, params(""), folder, "line 2", "nobody.png");
        Files.write(truth.resolve("t.jsonl"), new byte[] {'\n', '\n', (byte) 0xE9});
        refused(strange, params(""), folder, "t.jsonl: line 3: is not UTF-8");

        refused(inputs(), params("", ", \"whiten\": true, \"strong\": \"pool\""), folder, "strong changes");

        Map<String, Path> other = inputs();
        Path teacher = Files.createDirectories(folder.resolve("teacher"));
        Files.writeString(teacher.resolve("config.json"), "{\"model_type\": \"bert\"}");
        other.put(Wad.TEACHER, teacher);
        refused(other, params(""), folder, "config.json", "model_type", "steelyard-contrastive-conv");
    }

    @Test
    void a_share_too_small_for_any_image_is_warned_of(@TempDir Path folder) throws Exception {
        var job = job(folder, inputs());

        job.of(method, params(", \"weighting\": \"none\", \"alpha\": 0.02"));

        assertThat(job.lines()).anyMatch(line -> line.startsWith("warning: alpha is too small"));
    }
}
