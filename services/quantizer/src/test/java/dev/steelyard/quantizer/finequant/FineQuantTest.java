package dev.steelyard.quantizer.finequant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.local.LocalRun;
import dev.steelyard.quantizer.MiniLm;
import dev.steelyard.quantizer.checkpoint.TestModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FineQuantTest {
    private final MiniLm miniLm;

    FineQuantTest(@TempDir Path scratch) throws IOException {
        miniLm = MiniLm.unpack(scratch);
    }

    @Test
    void eight_bits_leave_a_real_encoder_as_it_was(@TempDir Path folder) throws Exception {
        JsonNode report = report(folder, "{\"bits\": 8}");
        assertThat(report.path("agreement").path("sentences").asInt()).isGreaterThanOrEqualTo(200);
        assertThat(report.path("agreement").path("meanCosine").asDouble()).isGreaterThanOrEqualTo(0.999);
        assertThat(report.path("agreement").path("minCosine").asDouble()).isGreaterThanOrEqualTo(0.98);
        assertThat(report.path("layers")).hasSize(36);
        assertThat(report.path("bitsPerQuantizedWeight").asDouble()).isBetween(8.0, 8.2);
    }

    @Test
    void four_bits_keep_most_of_a_real_encoder(@TempDir Path folder) throws Exception {
        JsonNode report = report(folder, "{}");
        assertThat(report.path("agreement").path("meanCosine").asDouble()).isGreaterThan(0.85);
        assertThat(report.path("bitsPerQuantizedWeight").asDouble()).isBetween(4.0, 4.2);
        assertThat(report.path("bytesAfter").asLong())
                .isLessThan((long) (0.6 * report.path("bytesBefore").asLong()));
    }

    @Test
    void same_run_gives_the_same_report(@TempDir Path folder) throws Exception {
        LocalRun one = run(folder.resolve("one"), "{}");
        LocalRun two = run(folder.resolve("two"), "{}");
        for (String file : new String[] {"report.json", "report.md", "sqnr.svg"}) {
            assertThat(two.output("report").resolve(file))
                    .hasSameBinaryContentAs(one.output("report").resolve(file));
        }
        assertThat(two.output("model").resolve("model.safetensors"))
                .hasSameBinaryContentAs(one.output("model").resolve("model.safetensors"));
    }

    @Test
    void mixed_group_sizes_get_a_config_group_each(@TempDir Path folder) throws Exception {
        float[] outlier = TestModel.gaussian(64 * 512, 1);
        for (int i = 100; i < outlier.length; i += 512) {
            outlier[i] *= 50;
        }
        Path model = new TestModel(folder.resolve("model"))
                .tensor("plain.weight", DType.F16, TestModel.gaussian(64 * 512, 2), 64, 512)
                .tensor("outlier.weight", DType.F16, outlier, 64, 512)
                .write();
        LocalRun run = LocalRun.in(folder.resolve("run")).input("model", model);
        run.of(new FineQuant(), "{}");
        JsonNode groups = JsonMapper.shared()
                .readTree(run.output("model").resolve("config.json").toFile())
                .at("/quantization_config/config_groups");
        assertThat(groups.at("/group_0/targets").toString()).isEqualTo("[\"outlier\"]");
        assertThat(groups.at("/group_0/weights/group_size").asInt()).isEqualTo(64);
        assertThat(groups.at("/group_1/targets").toString()).isEqualTo("[\"plain\"]");
        assertThat(groups.at("/group_1/weights/strategy").asString()).isEqualTo("channel");
    }

    @Test
    void sentences_that_cannot_be_compared_fail_the_job(@TempDir Path folder) throws Exception {
        Path model = new TestModel(folder.resolve("model"))
                .tensor("a.weight", DType.F32, TestModel.gaussian(64 * 64, 2), 64, 64)
                .write();
        Path sentences = Files.createDirectories(folder.resolve("sentences"));
        LocalRun run = LocalRun.in(folder.resolve("run"))
                .input("model", model)
                .input("sentences", sentences)
                .threads(2);
        assertThatThrownBy(() -> run.of(new FineQuant(), "{}"))
                .isInstanceOf(MethodException.class)
                .hasMessage("sentences: the data set has no line in a .txt or .jsonl file");
        Files.writeString(sentences.resolve("a.jsonl"), "{\"text\": \"one\"}\n{\"words\": 2}\n");
        assertThatThrownBy(() -> run.of(new FineQuant(), "{}")).hasMessage("a.jsonl: line 2 has no field \"text\"");
        Files.write(sentences.resolve("a.jsonl"), new byte[] {'\n', (byte) 0xE9});
        assertThatThrownBy(() -> run.of(new FineQuant(), "{}")).hasMessage("a.jsonl: line 2: is not UTF-8");
        Files.writeString(sentences.resolve("a.jsonl"), "{\"text\": \"one\"}\n\n");
        assertThatThrownBy(() -> run.of(new FineQuant(), "{}"))
                .isInstanceOf(MethodException.class)
                .hasMessageStartingWith("sentences: embeddings cannot be compared: ");
    }

    private JsonNode report(Path folder, String params) throws Exception {
        return JsonMapper.shared()
                .readTree(run(folder, params)
                        .output("report")
                        .resolve("report.json")
                        .toFile());
    }

    private LocalRun run(Path folder, String params) throws Exception {
        LocalRun run = LocalRun.in(folder)
                .input("model", miniLm.folder())
                .input("sentences", miniLm.sentences())
                .threads(2);
        run.of(new FineQuant(), params);
        return run;
    }
}
