package dev.steelyard.incremental.gradnormlorp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.SafetensorsFile;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.incremental.MiniLm;
import dev.steelyard.incremental.RunFiles;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.ParamsReader;
import dev.steelyard.method.local.LocalRun;
import dev.steelyard.models.CheckpointWeights;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.models.text.SentenceEncoder;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GradNormLoRPTrainingTest {
    private static final GradNormLoRPTraining METHOD = new GradNormLoRPTraining();
    private static final ParamsReader<GradNormLoRPParams> READER =
            ParamsReader.of(GradNormLoRPParams.class, ParamsReader.validator());
    private static final String SMALL = """
            "decoder": {"hiddenSize": 32, "layers": 2, "heads": 4, "vocabulary": 300}, "context": 16, "batch": 4, \
            "rank": 6, "refresh": 7, "learningRate": 0.02, "evaluateEvery": 100, "validationShare": 0.2""";

    @TempDir
    static Path texts;

    @TempDir
    static Path labelled;

    @BeforeAll
    static void write() throws IOException {
        List<String> paragraphs =
                List.of(Files.readString(Path.of("../../LICENSE")).split("\n\n"));
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < paragraphs.size(); i++) {
            Files.writeString(texts.resolve("%03d.txt".formatted(i)), paragraphs.get(i));
        }
        String[] kinds = {"The goalkeeper saved a penalty in minute %d.", "Simmer the onions for %d minutes in butter."
        };
        for (int i = 0; i < 40; i++) {
            rows.append("{\"text\": \"%s\", \"label\": \"%s\"}\n"
                    .formatted(kinds[i % 2].formatted(i), i % 2 == 0 ? "sport" : "kitchen"));
        }
        Files.writeString(labelled.resolve("rows.jsonl"), rows);
    }

    @Test
    void decoder_learns_the_texts_with_little_state(@TempDir Path folder) throws Exception {
        LocalRun job = job(folder, "a");

        job.of(METHOD, params("\"steps\": 120, \"rank\": 8"));

        JsonNode report = RunFiles.report(job);
        JsonNode losses = report.path("curves").path("validation/loss");
        assertThat(losses.get(losses.size() - 1).get(1).doubleValue()).isLessThan(Math.log(300) - 1);
        assertThat(report.path("targets")).hasSize(14);
        for (JsonNode target : report.path("targets")) {
            assertThat(target.path("captured").doubleValue()).isBetween(0.2, 1.0);
            assertThat(target.path("overlap").doubleValue()).isBetween(0.0, 1.00001);
            assertThat(target.path("rowNormDrift").doubleValue()).isGreaterThan(0.01);
        }
        JsonNode bytes = report.path("stateBytes");
        assertThat(bytes.path("targets").longValue()).isEqualTo(stateBytes(job, true));
        assertThat(bytes.path("rest").longValue()).isEqualTo(stateBytes(job, false));
        assertThat(bytes.path("targetsOfAdamW").doubleValue()).isLessThan(0.5);
        assertThat(report.path("curves").path("captured")).hasSizeGreaterThan(100);
        assertThat(report.path("curves").path("overlap")).hasSize(17);
        try (Checkpoint model = Checkpoint.open(job.output("model"))) {
            assertThat(model.tensor("model.layers.1.mlp.down_proj.weight")).isPresent();
        }
    }

    /** Bytes of the tensors that the optimizer's file holds of linear weights or of all others. */
    private static long stateBytes(LocalRun job, boolean linear) throws IOException {
        try (var file = SafetensorsFile.open(job.output("optimizer").resolve("optimizer.safetensors"))) {
            return file.tensors().stream()
                    .filter(tensor -> tensor.name().contains("_proj.") == linear)
                    .filter(tensor -> !tensor.name().matches("settings|.*\\.(step|side|watched)"))
                    .mapToLong(TensorInfo::byteSize)
                    .sum();
        }
    }

    /** A state is saved after step 200; looks count from there on if one is to be. */
    @ParameterizedTest
    @CsvSource({
        "5, false, '\"stateBits\": 8'",
        "15, true, '\"stateBits\": 8, \"moments\": \"rotate\"'",
        "12, true, '\"accumulate\": 2, \"batch\": 2, \"svd\": \"randomized\", \"projectorDtype\": \"fp32\"'",
        "15, true, '\"tuning\": \"lora\", \"refreshBatches\": 2'",
        "15, true, '\"refreshBatches\": 3'",
        "15, true, '\"normalize\": false, \"stateBits\": 32'"
    })
    void interrupted_run_ends_with_the_same_bytes(int looks, boolean saved, String more, @TempDir Path folder)
            throws Exception {
        String params = params("\"steps\": 222, " + more);
        LocalRun first = job(folder, "tokenizer");
        first.of(METHOD, params("\"steps\": 1"));
        Map<String, Path> inputs = Map.of("data", texts, "tokenizer", first.output("model"));
        LocalRun whole = LocalRun.in(folder.resolve("whole")).threads(2).inputs(inputs);
        whole.of(METHOD, params);
        LocalRun fresh = LocalRun.in(folder.resolve("broken")).threads(2).inputs(inputs);
        LocalRun broken = saved ? fresh.cancelAfterState(looks) : fresh.cancelAfter(looks + countOfTexts());
        assertThatThrownBy(() -> broken.of(METHOD, params)).isInstanceOf(InterruptedException.class);
        assertThat(broken.restore().isPresent()).isEqualTo(saved);

        broken.of(METHOD, params);

        assertThat(tree(broken)).isEqualTo(tree(whole)).hasSize(10);
    }

    private static long countOfTexts() throws IOException {
        try (Stream<Path> files = Files.list(texts)) {
            return files.count();
        }
    }

    @Test
    void training_goes_on_with_the_optimizers_state(@TempDir Path folder) throws Exception {
        LocalRun first = job(folder, "first");
        first.of(METHOD, params("\"steps\": 40"));
        LocalRun second = goingOn(folder, "second", first);

        second.of(METHOD, params("\"steps\": 40"));

        assertThat(loss(second)).isLessThan(loss(first));
        // the first has chosen after 35 of its steps; those of the second count on from 40
        assertThat(RunFiles.report(second).path("curves").path("overlap"))
                .extracting(point -> point.get(0).intValue())
                .containsExactly(3, 10, 17, 24, 31, 38);
        try (var file = SafetensorsFile.open(second.output("optimizer").resolve("optimizer.safetensors"))) {
            assertThat(file.tensors().stream().map(TensorInfo::name))
                    .contains(
                            "model.layers.0.mlp.up_proj.weight.projector",
                            "model.layers.0.mlp.up_proj.weight.side",
                            "model.embed_tokens.weight.exp_avg.codes",
                            "model.embed_tokens.weight.exp_avg.scales");
        }
        refusedFile("rank 6", () -> goingOn(folder, "rank", first).of(METHOD, params("\"rank\": 5")));
        refusedFile("every 7 steps", () -> goingOn(folder, "interval", first).of(METHOD, params("\"refresh\": 8")));
        refusedFile("", () -> goingOn(folder, "bits", first).of(METHOD, params("\"stateBits\": 32")));
        assertThatThrownBy(() -> goingOn(folder, "adapter", first).of(METHOD, params("\"tuning\": \"lora\"")))
                .isInstanceOf(MethodException.class)
                .hasMessageContaining("a new adapter begins without");
        LocalRun alone = LocalRun.in(folder.resolve("alone"))
                .threads(2)
                .input("data", texts)
                .input("optimizer", first.output("optimizer"));
        assertThatThrownBy(() -> alone.of(METHOD, params("\"steps\": 1")))
                .isInstanceOf(MethodException.class)
                .hasMessageContaining("needs the input model");
    }

    private static LocalRun goingOn(Path folder, String name, LocalRun first) throws IOException {
        return LocalRun.in(folder.resolve(name))
                .threads(2)
                .input("data", texts)
                .input("model", first.output("model"))
                .input("optimizer", first.output("optimizer"));
    }

    /** Added up where the subspace is, micro-batches learn as one batch. */
    @Test
    void accumulated_batches_learn_as_one(@TempDir Path folder) throws Exception {
        LocalRun whole = job(folder, "whole");
        LocalRun parts = job(folder, "parts");
        LocalRun clipped = job(folder, "clipped");
        String exact = "\"steps\": 12, \"stateBits\": 32, \"projectorDtype\": \"fp32\"";

        whole.of(METHOD, params(exact + ", \"batch\": 8"));
        parts.of(METHOD, params(exact + ", \"batch\": 2, \"accumulate\": 4"));
        clipped.of(METHOD, params(exact + ", \"batch\": 2, \"accumulate\": 4, \"clip\": 1000"));

        assertThat(loss(parts)).isCloseTo(loss(whole), within(1e-3));
        assertThat(loss(clipped)).isCloseTo(loss(whole), within(1e-3));
    }

    /** The step that chooses a subspace takes more batches; with a choice each step that is to accumulate. */
    @Test
    void subspaces_are_chosen_by_the_mean_gradient_of_several_batches(@TempDir Path folder) throws Exception {
        LocalRun every = job(folder, "every");
        LocalRun accumulated = job(folder, "accumulated");
        LocalRun first = job(folder, "first");
        LocalRun one = job(folder, "one");

        every.of(METHOD, params("\"steps\": 6, \"refresh\": 1, \"refreshBatches\": 3"));
        accumulated.of(METHOD, params("\"steps\": 6, \"refresh\": 1, \"accumulate\": 3"));
        first.of(METHOD, params("\"steps\": 6, \"refreshBatches\": 3"));
        one.of(METHOD, params("\"steps\": 6"));

        assertThat(RunFiles.hashes(every, "model", "optimizer"))
                .isEqualTo(RunFiles.hashes(accumulated, "model", "optimizer"));
        assertThat(RunFiles.hashes(first, "model")).isNotEqualTo(RunFiles.hashes(one, "model"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gradnormlorp", "lora", "full"})
    void encoder_learns_to_tell_texts_apart(String tuning, @TempDir Path folder) throws Exception {
        Path model = MiniLm.imported(folder.resolve("minilm"));
        LocalRun job = LocalRun.in(folder.resolve("job"))
                .threads(2)
                .input("data", labelled)
                .input("model", model);
        String params = """
                {"tuning": "%s", "rank": 4, "scale": 4, "refresh": 5, "learningRate": 0.0005, "steps": 8, "batch": 8, \
                "context": 16, "evaluateEvery": 0, "validationShare": 0.25}""".formatted(tuning);

        job.of(METHOD, params);

        JsonNode report = RunFiles.report(job);
        JsonNode curves = report.path("curves");
        assertThat(curves.path("validation/accuracy").get(0).get(1).doubleValue())
                .isGreaterThan(0.85);
        assertThat(curves.path("validation/loss").get(0).get(1).doubleValue()).isLessThan(0.6);
        assertThat(report.path("trainTexts").intValue()).isEqualTo(30);
        assertThat(report.path("targets")).hasSize(36);
        assertThat(report.path("skipped").toString())
                .contains("attention.self.query.bias")
                .doesNotContain("lora_");
        assertThat(report.path("targets"))
                .allSatisfy(target ->
                        assertThat(target.path("rowNormDrift").doubleValue()).isPositive());
        Path out = job.output("model");
        assertThat(new JsonMapper()
                        .readTree(out.resolve("config.json"))
                        .path("id2label")
                        .toString())
                .isEqualTo("{\"0\":\"kitchen\",\"1\":\"sport\"}");
        try (Checkpoint tuned = Checkpoint.open(out);
                Checkpoint before = Checkpoint.open(model);
                var encoder = SentenceEncoder.open(out, new CheckpointWeights(tuned))) {
            assertThat(encoder.encode(List.of("a penalty"))[0]).hasSize(384);
            assertThat(tuned.tensor("classifier.weight")).isPresent();
            for (String file : before.files()) {
                for (TensorInfo tensor : before.tensors(file)) {
                    assertThat(tuned.tensor(tensor.name())).as(tensor.name()).isPresent();
                }
            }
            assertThat(ModelConfig.read(out).text("model_type")).contains("bert");
        }
    }

    @Test
    void a_classifier_goes_on_with_its_classes_by_name(@TempDir Path folder) throws Exception {
        Path model = MiniLm.imported(folder.resolve("minilm"));
        String still = """
                {"tuning": "full", "steps": 1, "learningRate": 1e-30, "batch": 8, "context": 16, "evaluateEvery": 0, \
                "validationShare": 0.25}""";
        LocalRun first = classifying(folder.resolve("first"), model, labelled);
        first.of(METHOD, still);
        Path trained = first.output("model");
        Path turned = rows(folder.resolve("turned"), "sport", "kitchen");
        Path config = trained.resolve("config.json");
        Files.writeString(config, Files.readString(config).replaceFirst("\\{", "{\"torch_dtype\": \"float16\","));

        LocalRun second = classifying(folder.resolve("second"), trained, turned);
        second.of(METHOD, still);

        assertThat(RunFiles.report(second).path("params").path("steps").intValue())
                .isEqualTo(1);
        assertThat(new JsonMapper()
                        .readTree(second.output("model").resolve("config.json"))
                        .path("id2label")
                        .toString())
                .isEqualTo("{\"0\":\"sport\",\"1\":\"kitchen\"}");
        assertThat(Files.readString(second.output("model").resolve("config.json")))
                .contains("\"torch_dtype\" : \"float32\"");
        try (Checkpoint before = Checkpoint.open(trained);
                Checkpoint after = Checkpoint.open(second.output("model"))) {
            float[] kitchenFirst = before.data("classifier.weight").toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
            float[] sportFirst = after.data("classifier.weight").toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
            int width = kitchenFirst.length / 2;
            assertThat(Arrays.copyOfRange(sportFirst, 0, width))
                    .containsExactly(Arrays.copyOfRange(kitchenFirst, width, 2 * width));
            assertThat(Arrays.copyOfRange(sportFirst, width, 2 * width))
                    .containsExactly(Arrays.copyOfRange(kitchenFirst, 0, width));
        }
        Path others = rows(folder.resolve("others"), "sport", "weather");
        assertThatThrownBy(() ->
                        classifying(folder.resolve("third"), trained, others).of(METHOD, still))
                .isInstanceOf(MethodException.class)
                .hasMessage("the model's classifier tells apart [kitchen, sport], the data are of [sport, weather]");
    }

    @Test
    void token_outside_the_encoders_vocabulary_is_refused_before_training(@TempDir Path folder) throws Exception {
        Path model = MiniLm.imported(folder.resolve("minilm"));
        Path file = model.resolve("tokenizer.json");
        Files.writeString(
                file,
                Files.readString(file)
                        .replaceFirst(
                                "\"added_tokens\":\\s*\\[",
                                "$0{\"id\": 30522, \"content\": \"<team>\", \"single_word\": false, "
                                        + "\"lstrip\": false, \"rstrip\": false, \"normalized\": false, "
                                        + "\"special\": false},"));

        assertThatThrownBy(() ->
                        classifying(folder.resolve("job"), model, labelled).of(METHOD, "{}"))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("ids up to 30522; the model has a vocabulary of 30522");
    }

    /** As many rows of two classes, in the order of labels.json. */
    private static Path rows(Path folder, String... classes) throws IOException {
        Files.createDirectories(folder);
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            rows.append("{\"text\": \"of %d\", \"label\": \"%s\"}\n".formatted(i, classes[i % 2]));
        }
        Files.writeString(folder.resolve("rows.jsonl"), rows);
        Files.writeString(folder.resolve("labels.json"), "[\"%s\", \"%s\"]".formatted(classes[0], classes[1]));
        return folder;
    }

    private static LocalRun classifying(Path folder, Path model, Path data) {
        return LocalRun.in(folder).threads(2).input("data", data).input("model", model);
    }

    @Test
    void what_cannot_be_trained_is_refused_by_name(@TempDir Path folder) throws Exception {
        LocalRun trained = job(folder, "trained");
        trained.of(METHOD, params("\"steps\": 1"));

        refused("/rank", () -> READER.read("{\"rank\": 0}"));
        refused("/batch", () -> job(folder, "batch").of(METHOD, params("\"batch\": 60000")));
        refused("/rank", () -> job(folder, "lora").of(METHOD, params("\"tuning\": \"lora\", \"rank\": 33")));
        assertThatThrownBy(() -> READER.read("{\"stateBits\": 16}")).hasMessageContaining("8 or 32");
        assertThatThrownBy(() -> job(folder, "targets").of(METHOD, params("\"targets\": [\"*norm*\"]")))
                .isInstanceOfSatisfying(
                        MethodException.class, e -> assertThat(e.field()).contains("/targets"))
                .hasMessageContaining("no linear weight fits [*norm*]")
                .hasMessageContaining("model.layers.0.self_attn.q_proj.weight")
                .hasMessageContaining("not linear, though they fit: model.layers.0.input_layernorm.weight");
    }

    @Test
    void examples_of_the_spec_are_valid() throws MethodException {
        for (MethodSpec.Example example : METHOD.spec().examples()) {
            assertThat(READER.read(example.paramsJson()).epsilon()).isEqualTo(1e-6);
        }
        assertThat(READER.read("{}").decoder().layers()).isEqualTo(4);
    }

    private interface Attempt {
        void run() throws Exception;
    }

    private static void refused(String field, Attempt attempt) {
        assertThatThrownBy(attempt::run)
                .isInstanceOfSatisfying(
                        MethodException.class, e -> assertThat(e.field()).contains(field));
    }

    private static void refusedFile(String because, Attempt attempt) {
        assertThatThrownBy(attempt::run)
                .isInstanceOfSatisfying(
                        MethodException.class, e -> assertThat(e.file()).contains("optimizer.safetensors"))
                .hasMessageContaining(because);
    }

    private static double loss(LocalRun job) throws IOException {
        JsonNode losses = RunFiles.report(job).path("curves").path("validation/loss");
        return losses.get(losses.size() - 1).get(1).doubleValue();
    }

    private static LocalRun job(Path folder, String name) {
        return LocalRun.in(folder.resolve(name)).threads(2).input("data", texts);
    }

    /** Later fields go before those of the small model. */
    private static String params(String more) {
        JsonMapper json = new JsonMapper();
        var fields = json.readTree("{" + SMALL + "}").asObject();
        fields.setAll(json.readTree("{" + more + "}").asObject());
        return fields.toString();
    }

    /** Hashes of all output files. */
    private static Map<String, String> tree(LocalRun job) throws IOException {
        return RunFiles.hashes(job, "model", "optimizer", "report");
    }
}
