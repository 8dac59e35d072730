package dev.steelyard.incremental.gacil;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.dataset.FeatureFile;
import dev.steelyard.incremental.RunFiles;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.local.LocalRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GAcilTest {
    private static final String PARAMS = "{\"expansion\": 256, \"gamma\": 0.5}";

    @TempDir
    Path folder;

    /** Points around one centre for each class. */
    private Path data(String name, int rows, int classes, long seed) throws IOException {
        return data(name, rows, classes, seed, 0);
    }

    /** @param wrong how far labels are from the centres' */
    private Path data(String name, int rows, int classes, long seed, int wrong) throws IOException {
        Path at = Files.createDirectories(folder.resolve(name));
        Random random = new Random(seed);
        float[] values = new float[rows * 8];
        long[] labels = new long[rows];
        for (int row = 0; row < rows; row++) {
            labels[row] = random.nextInt(classes);
            for (int i = 0; i < 8; i++) {
                values[row * 8 + i] = (float) (random.nextGaussian() * 0.3 + (labels[row] == i ? 2 : 0));
            }
            labels[row] = (labels[row] + wrong) % classes;
        }
        FeatureFile.write(at, 8, values, labels, Map.of());
        return at;
    }

    private LocalRun run(String name, String params, Map<String, Path> inputs) throws Exception {
        LocalRun run =
                LocalRun.in(Files.createDirectories(folder.resolve(name))).threads(2);
        inputs.forEach(run::input);
        run.of(new GAcil(), params);
        return run;
    }

    private static String withMode(String mode) {
        return PARAMS.replace("{", "{\"mode\": \"" + mode + "\", ");
    }

    @Test
    void what_one_job_learned_the_next_continues_and_a_third_predicts() throws Exception {
        LocalRun first = run("first", PARAMS, Map.of("data", data("a", 400, 3, 1)));
        LocalRun second = run("second", PARAMS, Map.of("data", data("b", 400, 5, 2), "state", first.output("state")));

        assertThat(RunFiles.report(second).path("classes")).hasSize(5);
        assertThat(RunFiles.report(second).path("exposedClasses").asInt()).isEqualTo(3);
        assertThat(RunFiles.report(second).path("newClasses").asInt()).isEqualTo(2);
        assertThat(RunFiles.report(second).path("exposedClassLabelGain").asDouble())
                .isPositive();

        LocalRun predict = predict(second.output("state"), data("c", 300, 5, 3));
        Outputs outputs = predict.of(new GAcilPredict(), "{}");
        assertThat(outputs.summary())
                .hasEntrySatisfying(
                        "accuracy", accuracy -> assertThat((Double) accuracy).isGreaterThan(0.98));
        assertThat(Files.readAllLines(predict.output("predictions").resolve("predictions.jsonl")))
                .hasSize(300)
                .first()
                .asString()
                .startsWith("{\"row\":0,\"label\":");

        predict.of(new GAcilPredict(), "{\"format\": \"parquet\"}");
        assertThat(Files.size(predict.output("predictions").resolve("predictions.parquet")))
                .isGreaterThan(300 * 24);
    }

    @Test
    void states_learned_apart_are_merged_and_samples_are_unlearned() throws Exception {
        Path a = data("a", 300, 4, 1);
        Path b = data("b", 200, 6, 2);
        LocalRun one = run("one", PARAMS, Map.of("data", a));
        LocalRun two = run("two", PARAMS, Map.of("data", b));
        LocalRun merged =
                run("merged", withMode("merge"), Map.of("state", one.output("state"), "other", two.output("state")));
        LocalRun back = run("back", withMode("unlearn"), Map.of("data", b, "state", merged.output("state")));

        assertThat(RunFiles.report(merged).path("samples").asInt()).isEqualTo(500);
        try (var left = StateFile.read(back.output("state"));
                var right = StateFile.read(one.output("state"))) {
            for (String name : right.state().classes()) {
                assertThat(left.state().count(name)).isEqualTo(right.state().count(name));
            }
        }
        assertThatThrownBy(() -> run("again", withMode("unlearn"), Map.of("data", b, "state", back.output("state"))))
                .isInstanceOf(MethodException.class)
                .hasMessageContaining("more samples of class");
    }

    private LocalRun predict(Path state, Path data) throws IOException {
        return LocalRun.in(Files.createDirectories(folder.resolve("predict")))
                .threads(2)
                .input("state", state)
                .input("data", data);
    }

    /** A point of each class that is named. */
    private Path points(String name, long... labels) throws IOException {
        Path at = Files.createDirectories(folder.resolve(name));
        float[] values = new float[labels.length * 8];
        for (int row = 0; row < labels.length; row++) {
            values[row * 8 + (int) labels[row]] = 2;
        }
        FeatureFile.write(at, 8, values, labels, Map.of());
        return at;
    }

    @Test
    void parts_without_labels_are_predicted_with_the_others() throws Exception {
        LocalRun learned = run("learned", PARAMS, Map.of("data", points("a", 0, 0, 1, 1)));
        Path mixed = Files.createDirectories(folder.resolve("mixed"));
        Files.move(points("b", 0, 1), mixed.resolve("train"));
        Path test = Files.createDirectories(mixed.resolve("test"));
        FeatureFile.write(test, 8, new float[8], new long[0], Map.of());
        LocalRun predict = predict(learned.output("state"), mixed);

        Outputs outputs = predict.of(new GAcilPredict(), "{}");

        assertThat(outputs.summary()).containsEntry("samples", 3).doesNotContainKey("accuracy");
    }

    @Test
    void class_that_was_unlearned_is_not_predicted() throws Exception {
        LocalRun all = run("all", PARAMS, Map.of("data", points("a", 0, 0, 1, 1, 2, 2)));
        Map<String, Path> zeros = Map.of("data", points("zeros", 0, 0), "state", all.output("state"));
        LocalRun rest = run("rest", withMode("unlearn"), zeros);
        Path nothing = Files.createDirectories(folder.resolve("nothing"));
        FeatureFile.write(nothing, 8, new float[8], new long[0], Map.of());
        LocalRun predict = predict(rest.output("state"), nothing);
        predict.of(new GAcilPredict(), "{}");

        assertThat(Files.readString(predict.output("predictions").resolve("predictions.jsonl")))
                .contains("\"label\":1,");
        assertThat(RunFiles.report(rest)
                        .path("classes")
                        .valueStream()
                        .map(one -> one.path("class").asString()))
                .containsExactly("1", "2");
        assertThat(new JsonMapper()
                        .readTree(rest.output("head").resolve("config.json").toFile())
                        .path("id2label")
                        .valueStream()
                        .map(JsonNode::asString))
                .containsExactly("1", "2");

        LocalRun again = run("again", PARAMS, Map.of("data", points("more", 0, 0), "state", rest.output("state")));
        assertThat(RunFiles.report(again).path("newClasses").asInt()).isEqualTo(1);
        assertThat(RunFiles.report(again).path("classes")).hasSize(3);
    }

    @Test
    void unlearning_everything_is_refused() throws Exception {
        Path data = points("a", 0, 1, 1);
        LocalRun all = run("all", PARAMS, Map.of("data", data));

        assertRefused(
                "no class would be left", withMode("unlearn"), Map.of("data", data, "state", all.output("state")));
    }

    @Test
    void class_without_samples_in_an_older_state_is_dropped() throws Exception {
        LocalRun first = run("first", PARAMS, Map.of("data", points("a", 0, 1)));
        Path older = Files.createDirectories(folder.resolve("older"));
        try (var saved = StateFile.read(first.output("state"))) {
            saved.state().column("7");
            StateFile.write(older, saved);
        }
        try (var read = StateFile.read(older)) {
            assertThat(read.state().classes()).containsExactly("0", "1");
        }
    }

    @Test
    void interrupted_learning_ends_with_the_same_bits() throws Exception {
        Map<String, Path> inputs = Map.of("data", data("a", 400, 4, 1));
        String params = "{\"expansion\": 256, \"gamma\": 0.5, \"batch\": 2}";
        var whole = LocalRun.in(folder.resolve("whole")).threads(2).inputs(inputs);
        whole.of(new GAcil(), params);
        var stopped =
                LocalRun.in(folder.resolve("stopped")).threads(2).inputs(inputs).cancelAfter(170);

        assertThatThrownBy(() -> stopped.of(new GAcil(), params)).isInstanceOf(InterruptedException.class);
        stopped.of(new GAcil(), params);

        assertThat(stopped.lines()).contains("resumed after 300 of 400 samples");
        Map.of("state", StateFile.NAME, "head", "model.safetensors", "report", "report.json")
                .forEach((output, file) -> assertSameFile(stopped, whole, output, file));
    }

    @Test
    void cancelled_job_ends_before_it_solves() throws Exception {
        Path data = data("a", 400, 4, 1);
        LocalRun state = run("state", PARAMS, Map.of("data", data));
        LocalRun merge = LocalRun.in(Files.createDirectories(folder.resolve("merge")))
                .threads(2)
                .input("state", state.output("state"))
                .input("other", state.output("state"));
        merge.cancel();
        var learn = LocalRun.in(folder.resolve("learn")).threads(2).input("data", data);

        assertThat(state.messages())
                .containsSubsequence(
                        "400 of 400 samples",
                        "solving for what was added to the head",
                        "writing the state",
                        "solving for the head, M = 256");
        assertThatThrownBy(() -> learn.cancelAfter(1).of(new GAcil(), PARAMS)).isInstanceOf(InterruptedException.class);
        assertThatThrownBy(() -> merge.of(new GAcil(), withMode("merge"))).isInstanceOf(InterruptedException.class);
    }

    private static void assertSameFile(LocalRun found, LocalRun expected, String output, String file) {
        try {
            assertThat(found.output(output).resolve(file))
                    .hasSameBinaryContentAs(expected.output(output).resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void interrupted_stream_ends_with_the_same_bits() throws Exception {
        Map<String, Path> inputs = Map.of("data", data("a", 900, 6, 1));
        String params = """
                {"mode": "stream-benchmark", "expansion": 256, "gamma": 0.5, "batch": 2, "tasks": 3, "blurry": 20,
                 "evaluateEvery": 100}""";
        var whole = LocalRun.in(folder.resolve("whole")).threads(2).inputs(inputs);
        whole.of(new GAcil(), params);
        for (int looks : new int[] {1, 10, 300}) {
            var stopped = LocalRun.in(folder.resolve("stopped" + looks))
                    .threads(2)
                    .inputs(inputs)
                    .cancelAfter(looks);

            assertThatThrownBy(() -> stopped.of(new GAcil(), params)).isInstanceOf(InterruptedException.class);
            stopped.of(new GAcil(), params);

            assertThat(stopped.lines()).anyMatch(line -> line.matches("continues after [1-9]\\d* of \\d+ batches"));
            Map.of("state", StateFile.NAME, "head", "model.safetensors", "report", "report.json")
                    .forEach((output, file) -> assertSameFile(stopped, whole, output, file));
        }
    }

    private static double gamma(LocalRun run) throws IOException {
        try (var saved = StateFile.read(run.output("state"))) {
            assertThat(RunFiles.report(run).path("gamma").asDouble()).isEqualTo(saved.gamma());
            return saved.gamma();
        }
    }

    @Test
    void state_keeps_its_gamma_until_another_is_asked_for() throws Exception {
        Path a = data("a", 100, 3, 1);
        Path b = data("b", 100, 3, 2);
        LocalRun first = run("first", PARAMS, Map.of("data", a));
        LocalRun learned = run("learned", "{\"expansion\": 256}", Map.of("data", b, "state", first.output("state")));
        LocalRun unlearned =
                run("unlearned", "{\"mode\": \"unlearn\"}", Map.of("data", b, "state", learned.output("state")));
        LocalRun other = run(
                "other", "{\"mode\": \"unlearn\", \"gamma\": 3}", Map.of("data", b, "state", learned.output("state")));
        LocalRun fresh = run("fresh", "{\"expansion\": 256}", Map.of("data", a));
        LocalRun named = run("named", "{\"expansion\": 256, \"gamma\": 1}", Map.of("data", a));

        assertThat(gamma(learned)).isEqualTo(0.5);
        assertThat(gamma(unlearned)).isEqualTo(0.5);
        assertThat(gamma(other)).isEqualTo(3);
        assertThat(gamma(fresh)).isEqualTo(1);
        assertThat(fresh.output("state").resolve(StateFile.NAME))
                .hasSameBinaryContentAs(named.output("state").resolve(StateFile.NAME));
        assertRefused("expected 0, or 1e-6 to 1e6, found 1.0E-7", "{\"gamma\": 1e-7}", Map.of("data", a));
    }

    @Test
    void states_of_different_gamma_are_merged_only_with_a_word_on_it() throws Exception {
        LocalRun one = run("one", PARAMS, Map.of("data", data("a", 100, 3, 1)));
        LocalRun two = run("two", "{\"expansion\": 256}", Map.of("data", data("b", 100, 3, 2)));
        Map<String, Path> unlike = Map.of("state", one.output("state"), "other", two.output("state"));
        Map<String, Path> alike = Map.of("state", one.output("state"), "other", one.output("state"));

        assertThatThrownBy(() -> run("refused", "{\"mode\": \"merge\"}", unlike))
                .isInstanceOfSatisfying(
                        MethodException.class, e -> assertThat(e.field()).contains("/gamma"))
                .hasMessage("state has 0.5 and other 1.0; say which it is to be");
        assertThat(gamma(run("named", "{\"mode\": \"merge\", \"gamma\": 2}", unlike)))
                .isEqualTo(2);
        assertThat(gamma(run("alike", "{\"mode\": \"merge\"}", alike))).isEqualTo(0.5);
    }

    @Test
    void gamma_is_chosen_on_samples_held_out() throws Exception {
        Path data = data("a", 600, 4, 1);
        LocalRun chosen = run("chosen", "{\"expansion\": 256, \"autoGamma\": true}", Map.of("data", data));

        JsonNode report = RunFiles.report(chosen);
        JsonNode tried = report.path("gammaChoice");
        double gamma = report.path("gamma").asDouble();
        double best = tried.valueStream()
                .mapToDouble(one -> one.path("accuracy").asDouble())
                .max()
                .orElseThrow();
        assertThat(tried).hasSize(25);
        assertThat(tried.valueStream()
                        .filter(one -> one.path("gamma").asDouble() == gamma)
                        .map(one -> one.path("accuracy").asDouble()))
                .containsExactly(best);
        try (var state = StateFile.read(chosen.output("state"))) {
            assertThat(state.gamma()).isEqualTo(gamma);
        }
        assertThatThrownBy(() -> run("no", "{\"mode\": \"merge\", \"autoGamma\": true}", Map.of()))
                .hasMessageContaining("is for mode learn");
    }

    @Test
    void what_does_not_fit_is_refused() throws Exception {
        LocalRun first = run("first", PARAMS, Map.of("data", data("a", 100, 3, 1)));
        Path texts = Files.createDirectories(folder.resolve("texts"));
        Files.writeString(texts.resolve("rows.jsonl"), "{\"text\": \"hello\", \"label\": \"x\"}\n");
        Path wide = Files.createDirectories(folder.resolve("wide"));
        FeatureFile.write(wide, 3, new float[] {1, 2, 3}, new long[] {1}, Map.of());
        Path bare = Files.createDirectories(folder.resolve("bare"));
        FeatureFile.write(bare, 8, new float[8], new long[0], Map.of());

        assertRefused("data: holds texts, which need the input encoder", PARAMS, Map.of("data", texts));
        assertRefused("the state has learned from", PARAMS, Map.of("data", wide, "state", first.output("state")));
        assertRefused("data: has no labels", PARAMS, Map.of("data", bare));
        assertRefused("needs the input data", PARAMS, Map.of());
        assertRefused("merge needs the input other", withMode("merge"), Map.of("state", first.output("state")));
    }

    private void assertRefused(String why, String params, Map<String, Path> inputs) {
        assertThatThrownBy(() -> run("refused", params, inputs))
                .isInstanceOf(MethodException.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"learn", "stream-benchmark"})
    void gamma_too_small_for_the_sums_is_refused(String mode) throws Exception {
        Path large = Files.createDirectories(folder.resolve("large"));
        float[] values = new float[200 * 8];
        long[] labels = new long[200];
        for (int i = 0; i < values.length; i++) {
            values[i] = 1e8f * (1 + i % 13);
            labels[i / 8] = i / 8 % 2;
        }
        FeatureFile.write(large, 8, values, labels, Map.of());
        String params = "{\"mode\": \"%s\", \"expansion\": 256, \"gamma\": 1e-6, \"tasks\": 1, \"evaluateEvery\": 50}"
                .formatted(mode);

        assertThatThrownBy(() -> run("refused", params, Map.of("data", large)))
                .isInstanceOfSatisfying(
                        MethodException.class, e -> assertThat(e.field()).contains("/gamma"))
                .hasMessageContaining("is too small for these sums");
    }

    @Test
    void damaged_state_is_refused_by_tensor() throws Exception {
        LocalRun first = run("first", PARAMS, Map.of("data", data("a", 100, 3, 1)));
        Path state = first.output("state").resolve(StateFile.NAME);
        byte[] bytes = Files.readAllBytes(state);
        bytes[bytes.length - 1] ^= 1; // the random buffer lies last
        Path damaged = Files.createDirectories(folder.resolve("damaged"));
        Files.write(damaged.resolve(StateFile.NAME), bytes);

        assertThatThrownBy(() -> run("next", PARAMS, Map.of("data", data("b", 10, 3, 1), "state", damaged)))
                .hasMessageContaining("state.safetensors: buffer: does not have the sha256");
        for (var inputs : List.of(
                Map.of("state", first.output("state"), "other", damaged),
                Map.of("state", damaged, "other", first.output("state")))) {
            assertThatThrownBy(() -> run("merged", withMode("merge"), inputs))
                    .as("which of two files of one name it is")
                    .isInstanceOfSatisfying(
                            ArtifactException.class, e -> assertThat(e.place()).contains(damaged));
        }
    }

    @Test
    void state_whose_gamma_is_no_number_above_0_is_refused() throws Exception {
        LocalRun first = run("first", PARAMS, Map.of("data", data("a", 100, 3, 1)));
        String state = Files.readString(first.output("state").resolve(StateFile.NAME), StandardCharsets.ISO_8859_1);
        String gamma = "\"gamma\":\"0.5\"";
        assertThat(state).contains(gamma);
        Path more = data("b", 10, 3, 1);
        for (String other : List.of("NaN", "0.0", "1/2")) {
            Path damaged = Files.createDirectories(folder.resolve(other));
            Files.writeString(
                    damaged.resolve(StateFile.NAME),
                    state.replace(gamma, gamma.replace("0.5", other)),
                    StandardCharsets.ISO_8859_1);

            assertThatThrownBy(() -> run("next", PARAMS, Map.of("data", more, "state", damaged)))
                    .hasMessageContaining("gamma: expected a number above 0, found '%s'".formatted(other));
        }
    }

    @Test
    void stream_is_learned_better_than_by_its_baselines() throws Exception {
        String params = "{\"mode\": \"stream-benchmark\", \"expansion\": 256, \"tasks\": 4, \"evaluateEvery\": 100}";
        LocalRun run = run("stream", params, Map.of("data", data("a", 1600, 8, 1)));

        JsonNode learners = RunFiles.report(run).path("learners");
        assertThat(learners.values())
                .extracting(l -> l.path("name").asString())
                .containsExactly("g-acil", "plain", "ewc", "replay-200");
        assertThat(learners.at("/0/aLast").asDouble()).isGreaterThan(0.98);
        assertThat(learners.at("/0/aLast").asDouble())
                .isGreaterThan(learners.at("/1/aLast").asDouble());
        assertThat(RunFiles.report(run).path("taskSizes")).hasSize(4);
        assertThat(run.output("report").resolve("accuracy.svg")).content().startsWith("<svg");
    }

    /** Labels of the test part are those of other classes: who learned it, or tested with others, would know better. */
    @Test
    void own_test_part_is_for_tests_alone() throws Exception {
        Path parts = Files.createDirectories(folder.resolve("parts"));
        Files.move(data("a", 400, 4, 1), parts.resolve("train"));
        Files.move(data("b", 100, 4, 2, 1), parts.resolve("test"));
        LocalRun learned = run("learned", PARAMS, Map.of("data", parts));
        LocalRun alone = run("alone", PARAMS, Map.of("data", parts.resolve("train")));
        assertSameFile(learned, alone, "state", StateFile.NAME);
        assertThat(learned.messages()).contains("the test part of the data, 100 rows, is not learned");

        String params = "{\"mode\": \"stream-benchmark\", \"expansion\": 256, \"tasks\": 2, \"baselines\": false}";
        LocalRun stream = run("own", params, Map.of("data", parts));
        assertThat(RunFiles.report(stream).at("/learners/0/aLast").asDouble()).isLessThan(0.05);

        assertThatThrownBy(() -> run("state", params, Map.of("data", parts, "state", learned.output("state"))))
                .hasMessageContaining("leave the input state out");
        Path test = Files.createDirectories(folder.resolve("test-alone"));
        Files.writeString(test.resolve("test.jsonl"), "{\"features\": [1, 2], \"label\": 3}\n");
        assertThatThrownBy(() -> run("none", PARAMS, Map.of("data", test)))
                .hasMessageContaining("data: has a test part alone, which is not learned");
    }

    @Test
    void stream_names_the_classes_that_it_leaves_out() throws Exception {
        String params = "{\"mode\": \"stream-benchmark\", \"expansion\": 256, \"tasks\": 3, \"baselines\": false}";
        LocalRun run = run("stream", params, Map.of("data", data("a", 800, 8, 1)));

        JsonNode dropped = RunFiles.report(run).path("droppedClasses");
        assertThat(dropped).hasSize(2);
        assertThat(run.messages())
                .contains("warning: 2 of 8 classes are left out, since both kinds are rounded down to multiples of 3: "
                        + dropped.path(0).asString() + ", " + dropped.path(1).asString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"learn", "stream-benchmark"})
    void random_buffer_too_large_to_be_held_is_refused_before_work(String mode) throws Exception {
        int features = 70_000;
        Path wide = Files.createDirectories(folder.resolve("wide"));
        FeatureFile.write(
                wide, features, new float[10 * features], new long[] {0, 1, 0, 1, 0, 1, 0, 1, 0, 1}, Map.of());
        String params = "{\"mode\": \"%s\", \"expansion\": 32768, \"tasks\": 1}".formatted(mode);

        assertThatThrownBy(() -> run("refused", params, Map.of("data", wide)))
                .isInstanceOfSatisfying(
                        MethodException.class, e -> assertThat(e.field()).contains("/expansion"))
                .hasMessage("32768 for 70000 features is more than the random buffer can hold; at most 30678");
    }
}
