package dev.steelyard.incremental.pretrainlm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.SafetensorsFile;
import dev.steelyard.incremental.RunFiles;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.ParamsReader;
import dev.steelyard.method.local.LocalRun;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.models.llama.LlamaConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class PretrainLmTest {
    private static final PretrainLm METHOD = new PretrainLm();
    private static final ParamsReader<PretrainLmParams> READER =
            ParamsReader.of(PretrainLmParams.class, ParamsReader.validator());
    private static final String SMALL = """
            "hiddenSize": 16, "layers": 2, "heads": 4, "kvHeads": 2, "context": 16, "vocabulary": 300, "batch": 8, \
            "learningRate": 0.01, "evaluateEvery": 3, "validationShare": 0.2""";

    @TempDir
    static Path texts;

    @BeforeAll
    static void write() throws IOException {
        List<String> paragraphs =
                List.of(Files.readString(Path.of("../../LICENSE")).split("\n\n"));
        for (int i = 0; i < paragraphs.size(); i++) {
            Files.writeString(texts.resolve("%03d.txt".formatted(i)), paragraphs.get(i));
        }
    }

    @Test
    void model_learns_the_texts_and_is_written_with_its_tokenizer(@TempDir Path folder) throws Exception {
        LocalRun job = job(folder, "a");

        job.of(METHOD, params("\"steps\": 120"));

        JsonNode report = RunFiles.report(job);
        double uniform = Math.log(report.path("vocabulary").intValue());
        assertThat(report.path("validationLoss").doubleValue()).isLessThan(uniform - 1);
        assertThat(report.path("curves").path("validation loss")).hasSize(40);
        assertThat(report.path("bitsPerByte").doubleValue())
                .isCloseTo(
                        report.path("validationLoss").doubleValue()
                                * report.path("validationTokens").longValue()
                                / report.path("validationBytes").longValue()
                                / Math.log(2),
                        within(1e-9));
        LlamaConfig config = LlamaConfig.read(ModelConfig.read(job.output("model")));
        assertThat(config.vocabularySize()).isEqualTo(300);
        assertThat(config.intermediateSize()).isEqualTo(64);
        assertThat(config.endTokens()).containsExactly(0);
        try (var file = SafetensorsFile.open(job.output("model").resolve("model.safetensors"))) {
            assertThat(file.tensors()).hasSize(2 + 2 * 9);
        }
        assertThat(job.output("model").resolve("tokenizer.json")).exists();
    }

    /** A state is saved after step 200; looks count from there on if one is to be. */
    @ParameterizedTest
    @CsvSource({"50, false, ''", "15, true, '\"ema\": 0.9, \"precision\": \"bf16\", \"accumulate\": 2'"})
    void interrupted_run_ends_with_the_same_bytes(int looks, boolean saved, String more, @TempDir Path folder)
            throws Exception {
        String params = params("\"steps\": 230, \"evaluateEvery\": 100" + (more.isEmpty() ? "" : ", " + more));
        LocalRun whole = job(folder, "whole");
        whole.of(METHOD, params);
        LocalRun fresh = job(folder, "broken");
        LocalRun broken = saved ? fresh.cancelAfterState(looks) : fresh.cancelAfter(looks + looksOfTheTokenizer());
        assertThatThrownBy(() -> broken.of(METHOD, params)).isInstanceOf(InterruptedException.class);
        assertThat(broken.restore().isPresent()).isEqualTo(saved);

        broken.of(METHOD, params);

        assertThat(tree(broken)).isEqualTo(tree(whole)).hasSize(8);
    }

    @Test
    void training_goes_on_from_a_model(@TempDir Path folder) throws Exception {
        LocalRun first = job(folder, "first");
        first.of(METHOD, params("\"steps\": 40"));
        LocalRun second = LocalRun.in(folder.resolve("second"))
                .threads(2)
                .input("data", texts)
                .input("model", first.output("model"));

        second.of(METHOD, params("\"steps\": 40, \"hiddenSize\": 64"));

        assertThat(RunFiles.report(second).path("validationLoss").doubleValue())
                .isLessThan(RunFiles.report(first).path("validationLoss").doubleValue());
        assertThat(LlamaConfig.read(ModelConfig.read(second.output("model"))))
                .isEqualTo(LlamaConfig.read(ModelConfig.read(first.output("model"))));
        assertThat(Files.readString(second.output("model").resolve("tokenizer.json")))
                .isEqualTo(Files.readString(first.output("model").resolve("tokenizer.json")));
    }

    @Test
    void tokenizer_of_another_model_is_taken(@TempDir Path folder) throws Exception {
        LocalRun first = job(folder, "first");
        first.of(METHOD, params("\"steps\": 1, \"vocabulary\": 280"));
        LocalRun second = LocalRun.in(folder.resolve("second"))
                .threads(2)
                .input("data", texts)
                .input("tokenizer", first.output("model"));

        second.of(METHOD, params("\"steps\": 1"));

        assertThat(LlamaConfig.read(ModelConfig.read(second.output("model"))).vocabularySize())
                .isEqualTo(280);
    }

    /** A model of a large vocabulary, whose texts ended with token 0, goes on with a tokenizer whose end is the last. */
    @Test
    void model_is_written_with_the_end_token_of_the_tokenizer_given_with_it(@TempDir Path folder) throws Exception {
        LocalRun first = job(folder, "first");
        first.of(METHOD, params("\"steps\": 1, \"vocabulary\": 300"));
        LocalRun small = job(folder, "small");
        small.of(METHOD, params("\"steps\": 1, \"vocabulary\": 280"));
        Path tokenizer = Files.createDirectories(folder.resolve("tokenizer"));
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.copy(small.output("model").resolve(file), tokenizer.resolve(file));
        }
        int end = LlamaConfig.read(ModelConfig.read(small.output("model")))
                .endTokens()
                .getFirst();
        Path model = first.output("model");
        ObjectNode config = (ObjectNode) new JsonMapper().readTree(model.resolve("config.json"));
        Files.writeString(
                model.resolve("config.json"),
                config.put("eos_token_id", end + 1).put("bos_token_id", end + 1).toString());
        LocalRun second = LocalRun.in(folder.resolve("second"))
                .threads(2)
                .input("data", texts)
                .input("model", model)
                .input("tokenizer", tokenizer);

        second.of(METHOD, params("\"steps\": 1"));

        for (String file : List.of("config.json", "generation_config.json")) {
            JsonNode written = new JsonMapper().readTree(second.output("model").resolve(file));
            assertThat(written.path("eos_token_id").intValue()).as(file).isEqualTo(end);
            assertThat(written.path("bos_token_id").intValue()).as(file).isEqualTo(end);
        }
    }

    @Test
    void damaged_file_is_known_by_the_input_that_it_is_of(@TempDir Path folder) throws Exception {
        LocalRun first = job(folder, "first");
        first.of(METHOD, params("\"steps\": 1"));
        Path damaged = Files.createDirectories(folder.resolve("damaged"));
        Files.writeString(damaged.resolve("tokenizer.json"), "{");
        Files.writeString(damaged.resolve("config.json"), "{}");

        assertDamaged(damaged, "tokenizer.json", Map.of("tokenizer", damaged, "model", first.output("model")), folder);
        assertDamaged(damaged, "config.json", Map.of("tokenizer", first.output("model"), "model", damaged), folder);
    }

    private static void assertDamaged(Path damaged, String file, Map<String, Path> inputs, Path folder) {
        Map<String, Path> all = new HashMap<>(inputs);
        all.put("data", texts);
        assertThatThrownBy(() -> LocalRun.in(folder).threads(2).inputs(all).of(METHOD, params("\"steps\": 1")))
                .isInstanceOfSatisfying(ArtifactException.class, e -> {
                    assertThat(e.file()).contains(file);
                    assertThat(e.place()).contains(damaged);
                });
    }

    @Test
    void averaged_weights_are_validated_and_written_and_training_is_not_changed(@TempDir Path folder) throws Exception {
        LocalRun plain = job(folder, "plain");
        LocalRun averaged = job(folder, "averaged");

        plain.of(METHOD, params("\"steps\": 30"));
        averaged.of(METHOD, params("\"steps\": 30, \"ema\": 0.5"));

        assertThat(RunFiles.report(averaged).path("curves").path("loss"))
                .isEqualTo(RunFiles.report(plain).path("curves").path("loss"));
        assertThat(RunFiles.report(averaged).path("validationLoss"))
                .isNotEqualTo(RunFiles.report(plain).path("validationLoss"));
        assertThat(tree(averaged).get("model/model.safetensors"))
                .isNotEqualTo(tree(plain).get("model/model.safetensors"));
    }

    @Test
    void accumulated_batches_learn_as_one(@TempDir Path folder) throws Exception {
        LocalRun whole = job(folder, "whole");
        LocalRun parts = job(folder, "parts");

        whole.of(METHOD, params("\"steps\": 12"));
        parts.of(METHOD, params("\"steps\": 12, \"batch\": 2, \"accumulate\": 4"));

        assertThat(RunFiles.report(parts).path("validationLoss").doubleValue())
                .isCloseTo(RunFiles.report(whole).path("validationLoss").doubleValue(), within(1e-3));
    }

    @Test
    void what_cannot_be_trained_is_refused_by_name(@TempDir Path folder) throws Exception {
        LocalRun first = job(folder, "first");
        first.of(METHOD, params("\"steps\": 1"));
        LocalRun second = LocalRun.in(folder.resolve("second"))
                .threads(2)
                .input("data", texts)
                .input("model", first.output("model"));

        refused("/batch", () -> job(folder, "batch").of(METHOD, params("\"batch\": 60000")));
        refused("/context", () -> second.of(METHOD, params("\"context\": 17")));
        String steep = params("\"learningRate\": 10, \"clip\": 0, \"steps\": 200, \"optimizer\": {\"name\": \"sgd\","
                + " \"momentum\": 0.99}");
        refused("/learningRate", () -> job(folder, "rate").of(METHOD, steep));
        assertThatThrownBy(() -> READER.read("{\"kvHeads\": 3}"))
                .hasMessageContaining("kvHeads: expected 0 or a divisor of heads");
        assertThatThrownBy(() -> READER.read("{\"hiddenSize\": 36}")).hasMessageContaining("heads of an even width");
        refused("/vocabulary", () -> READER.read("{\"vocabulary\": 256}"));
    }

    @Test
    void examples_of_the_spec_are_valid() throws MethodException {
        for (MethodSpec.Example example : METHOD.spec().examples()) {
            assertThat(READER.read(example.paramsJson()).schedule().warmUp()).isEqualTo(0.05);
        }
        assertThat(READER.read("{}").optimizer().noDecay()).containsExactly("*norm.weight");
    }

    private interface Attempt {
        void run() throws Exception;
    }

    private static void refused(String field, Attempt attempt) {
        assertThatThrownBy(attempt::run)
                .isInstanceOfSatisfying(
                        MethodException.class, e -> assertThat(e.field()).contains(field));
    }

    /** One for each text that is trained on: about so many. */
    private static int looksOfTheTokenizer() throws IOException {
        try (Stream<Path> files = Files.list(texts)) {
            long texts = files.count();
            return (int) (texts * 0.8) + 300 - 257 + (int) texts; // read, merged, cut
        }
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
        return RunFiles.hashes(job, "model", "report");
    }
}
