package dev.steelyard.quantizer.rtn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.local.LocalRun;
import dev.steelyard.quantizer.checkpoint.TestModel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RtnTest {
    @TempDir
    Path folder;

    /** What compressed-tensors 0.20.0 makes of {@link #reference}: calculate_qparams, then the packing compressor. */
    static Stream<Arguments> layouts() {
        return Stream.of(
                Arguments.of(
                        "{\"bits\": 4, \"group\": 8}",
                        ints(-1528288160, -1814619297, -972333165, -1225109886, -113348154, -399675211),
                        ints(),
                        new float[] {0.12f, 0.12f, 0.11826667f, 0.12173333f, 0.11013333f, 0.11653333f}),
                Arguments.of(
                        "{\"bits\": 4, \"group\": 0}",
                        ints(-1528288160, -1814619297, -971284589, -1225109886, -113413690, -399675211),
                        ints(),
                        new float[] {0.12f, 0.12173333f, 0.11653333f}),
                Arguments.of(
                        "{\"bits\": 4, \"group\": 8, \"symmetric\": false}",
                        ints(-1544020640, -2100950193, -703897709, -1544020640, -131243852, -131243852),
                        ints(1928, 2151),
                        new float[] {0.10666666f, 0.11333334f, 0.11333334f, 0.10666666f, 0.10666666f, 0.10666667f}),
                Arguments.of(
                        "{\"bits\": 8, \"group\": 0}",
                        ints(
                                499606528,
                                -1673927808,
                                263804415,
                                -1909729934,
                                1257410606,
                                -932838228,
                                1021608480,
                                -1168572514,
                                1963966040,
                                -124637989,
                                1728098377,
                                -360440115),
                        ints(),
                        new float[] {0.0070588235f, 0.007160784f, 0.006854902f}),
                Arguments.of(
                        "{\"bits\": 8, \"group\": 8, \"symmetric\": false}",
                        ints(
                                534736640,
                                -1354760305,
                                11815935,
                                -2028023191,
                                1275041325,
                                -764870476,
                                534736640,
                                -1354760305,
                                1862319951,
                                -7397153,
                                1862319951,
                                -7397153),
                        ints(8095119, 9137528),
                        new float[] {
                            0.0062745092f, 0.006666667f, 0.006666667f, 0.0062745092f, 0.0062745092f, 0.0062745097f
                        }));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void tensors_are_those_of_compressed_tensors(String params, int[] packed, int[] zeros, float[] scales)
            throws Exception {
        Path model = new TestModel(folder.resolve("model"))
                .tensor("a.weight", DType.F32, reference(), 3, 16)
                .write();
        Path output = run(model, params).output("model");
        try (var checkpoint = Checkpoint.open(output)) {
            assertThat(read(checkpoint, "a.weight_packed")).isEqualTo(packed);
            assertThat(checkpoint.data("a.weight_scale").toArray(ValueLayout.JAVA_FLOAT_UNALIGNED))
                    .isEqualTo(scales);
            assertThat(checkpoint.data("a.weight_shape").toArray(ValueLayout.JAVA_LONG_UNALIGNED))
                    .containsExactly(3, 16);
            assertThat(checkpoint.tensor("a.weight_zero_point").isPresent()).isEqualTo(zeros.length > 0);
            if (zeros.length > 0) {
                assertThat(read(checkpoint, "a.weight_zero_point")).isEqualTo(zeros);
            }
        }
    }

    @Test
    void all_else_of_the_model_stays_as_it_is() throws Exception {
        Path model = new TestModel(folder.resolve("model"))
                .tensor("a.weight", DType.BF16, TestModel.gaussian(256, 1), 16, 16)
                .tensor("a.bias", DType.BF16, TestModel.gaussian(16, 2), 16)
                .tensor("norm.weight", DType.F32, TestModel.gaussian(16, 3), 16)
                .tensor("embed_tokens.weight", DType.BF16, TestModel.gaussian(512, 4), 32, 16)
                .tensor("lm_head.weight", DType.BF16, TestModel.gaussian(512, 4), 32, 16)
                .write();
        Files.write(model.resolve("pytorch_model.bin"), new byte[100]);
        Files.createDirectories(model.resolve("1_Pooling"));
        Files.writeString(model.resolve("1_Pooling/config.json"), "{}");
        Path output = run(model, "{\"group\": 16}").output("model");
        try (var before = Checkpoint.open(model);
                var after = Checkpoint.open(output)) {
            assertThat(after.names())
                    .containsExactly(
                            "a.bias",
                            "a.weight_packed",
                            "a.weight_scale",
                            "a.weight_shape",
                            "embed_tokens.weight",
                            "lm_head.weight",
                            "norm.weight");
            for (String name : new String[] {"a.bias", "embed_tokens.weight", "lm_head.weight", "norm.weight"}) {
                assertThat(after.data(name).mismatch(before.data(name)))
                        .as(name)
                        .isEqualTo(-1);
            }
            assertThat(after.tensor("a.weight_scale")).contains(TensorInfo.of("a.weight_scale", DType.BF16, 16, 1));
        }
        assertThat(output).isDirectoryNotContaining("glob:**.bin");
        assertThat(output.resolve("tokenizer.json")).hasSameTextualContentAs(model.resolve("tokenizer.json"));
        assertThat(output.resolve("1_Pooling/config.json")).exists();
    }

    @Test
    void config_tells_a_reader_how_each_module_is_stored() throws Exception {
        Path model = new TestModel(folder.resolve("model"))
                .tensor("x.a.weight", DType.F32, TestModel.gaussian(256, 1), 16, 16)
                .tensor("x.b.weight", DType.F32, TestModel.gaussian(256, 2), 16, 16)
                .write();
        JsonNode config = JsonMapper.shared()
                .readTree(Files.readString(
                        run(model, "{\"group\": 16}").output("model").resolve("config.json")));
        assertThat(config.path("hidden_size").asInt()).isEqualTo(16);
        assertThat(config.path("quantization_config"))
                .isEqualTo(JsonMapper.shared().readTree("""
                        {"quant_method": "compressed-tensors", "format": "pack-quantized",
                         "quantization_status": "compressed", "global_compression_ratio": null,
                         "kv_cache_scheme": null, "ignore": [],
                         "config_groups": {"group_0": {
                           "targets": ["x.a", "x.b"],
                           "weights": {"num_bits": 4, "type": "int", "symmetric": true, "strategy": "group",
                                       "group_size": 16, "dynamic": false, "actorder": null, "block_structure": null},
                           "input_activations": null, "output_activations": null}}}"""));
    }

    @Test
    void shards_become_shards_of_the_same_names() throws Exception {
        Path model = new TestModel(folder.resolve("model"))
                .tensorIn("model-1.safetensors", "a.weight", DType.F16, TestModel.gaussian(256, 1), 16, 16)
                .tensorIn("model-2.safetensors", "b.weight", DType.F16, TestModel.gaussian(256, 2), 16, 16)
                .tensorIn("model-2.safetensors", "b.bias", DType.F16, TestModel.gaussian(16, 2), 16)
                .write();
        Path output = run(model, "{\"group\": 0}").output("model");
        try (var checkpoint = Checkpoint.open(output)) {
            assertThat(checkpoint.files()).containsExactly("model-1.safetensors", "model-2.safetensors");
            assertThat(checkpoint.fileOf("b.weight_packed")).isEqualTo("model-2.safetensors");
            assertThat(checkpoint.names()).hasSize(7);
        }
    }

    @Test
    void threads_do_not_change_a_byte() throws Exception {
        Path model = new TestModel(folder.resolve("model"))
                .tensor("a.weight", DType.F32, TestModel.gaussian(3000 * 400, 1), 3000, 400)
                .write();
        Path one = run("one", model, "{\"group\": 16, \"symmetric\": false}", 1).output("model");
        LocalRun three = run("three", model, "{\"group\": 16, \"symmetric\": false}", 3);
        assertThat(three.output("model").resolve("model.safetensors"))
                .hasSameBinaryContentAs(one.resolve("model.safetensors"));
        for (String file : new String[] {"report.json", "report.md", "sqnr.svg"}) {
            assertThat(three.output("report").resolve(file))
                    .hasSameBinaryContentAs(folder.resolve("one/outputs/report").resolve(file));
        }
    }

    @Test
    void figures_are_those_of_the_tensors() throws Exception {
        Path model = new TestModel(folder.resolve("model"))
                .tensor("a.weight", DType.F32, TestModel.gaussian(64 * 128, 1), 64, 128)
                .tensor("norm.weight", DType.F32, TestModel.gaussian(64, 3), 64)
                .write();
        LocalRun run = LocalRun.in(folder.resolve("run")).input("model", model);
        Outputs outputs = run.of(new Rtn(), "{\"bits\": 8, \"group\": 64}");
        assertThat(outputs.summary())
                .containsEntry("bytesBefore", (64 * 128 + 64) * 4L)
                .containsEntry("bytesAfter", 64 * 128 + 64 * 2 * 4 + 64 * 4 + 16L)
                .containsEntry("bitsPerQuantizedWeight", 8.5);
        // noise of an even grid: s² / 12 with s = max / 127.5; the maximum of 64 normal numbers is about 2.6 σ
        assertThat(outputs.summary().get("sqnrDb"))
                .asInstanceOf(InstanceOfAssertFactories.DOUBLE)
                .isBetween(43.0, 46.0);
        assertThat(run.metrics()).hasSize(1);
    }

    @Test
    void weight_that_is_not_finite_is_named() throws Exception {
        float[] weights = TestModel.gaussian(3000 * 400, 1);
        weights[2777 * 400 + 13] = Float.NaN;
        Path model = new TestModel(folder.resolve("model"))
                .tensor("a.weight", DType.F32, weights, 3000, 400)
                .write();
        MethodException e = catchThrowableOfType(MethodException.class, () -> run(model, "{\"group\": 0}"));
        assertThat(e)
                .hasMessage("model.safetensors: a.weight: row 2777, column 13 is NaN; only finite weights can be"
                        + " quantized");
        assertThat(e.file()).contains("model.safetensors");
        assertThat(e.tensor()).contains("a.weight");
        assertThat(e.place()).contains(model);
    }

    @Test
    void inputs_that_cannot_be_cut_into_groups_are_named() throws Exception {
        Path model = new TestModel(folder.resolve("model"))
                .tensor("a.weight", DType.F32, TestModel.gaussian(160, 1), 16, 10)
                .write();
        assertThatThrownBy(() -> run(model, "{\"group\": 8}"))
                .isInstanceOf(MethodException.class)
                .hasMessage("model.safetensors: a.weight: 10 inputs cannot be cut into groups of 8; choose a divisor,"
                        + " 0, or ignore this module");
    }

    @Test
    void zeros_stay_zeros_and_odd_widths_are_padded() throws Exception {
        float[] weights = TestModel.gaussian(3 * 13, 1);
        Arrays.fill(weights, 13, 26, 0);
        Path model = new TestModel(folder.resolve("model"))
                .tensor("a.weight", DType.F32, weights, 3, 13)
                .write();
        try (var checkpoint = Checkpoint.open(run(model, "{\"group\": 0}").output("model"))) {
            int[] packed = read(checkpoint, "a.weight_packed");
            assertThat(packed).hasSize(6);
            assertThat(packed[2]).isEqualTo(0x88888888);
            assertThat(packed[3]).isEqualTo(0x00088888);
            assertThat(checkpoint.data("a.weight_scale").get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4))
                    .isEqualTo(1);
        }
    }

    @Test
    void model_that_cannot_be_quantized_is_refused_in_one_line() throws Exception {
        Path model = new TestModel(folder.resolve("model"))
                .tensor("a.weight", DType.F32, TestModel.gaussian(160, 1), 16, 10)
                .write();
        assertRefused(model, "{\"targets\": [\"b*\"]}", "targets: no linear layer matches [b*]");
        assertRefused(model, "{\"bits\": 5}", "bits: expected 4 or 8");
        Files.writeString(model.resolve("config.json"), "{\"quantization_config\": {}}");
        assertRefused(model, "{\"group\": 0}", "config.json: has a quantization_config");
        Files.delete(model.resolve("config.json"));
        assertRefused(model, "{\"group\": 0}", "config.json: missing");
    }

    @Test
    void truncated_checkpoint_is_refused_naming_the_file() throws Exception {
        Path model = new TestModel(folder.resolve("model"))
                .tensor("a.weight", DType.F32, TestModel.gaussian(160, 1), 16, 10)
                .write();
        Path file = model.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 20));
        ArtifactException e = catchThrowableOfType(ArtifactException.class, () -> run(model, "{\"group\": 0}"));
        assertThat(e.file()).contains("model.safetensors");
        assertThat(e.tensor()).contains("a.weight");
        assertThat(e).hasMessageContaining("truncated");
        assertThat(e.place()).hasValueSatisfying(place -> assertThat(place).startsWith(model));
    }

    @Test
    void cancelled_run_stops_and_leaves_no_weights() throws Exception {
        Path model = new TestModel(folder.resolve("model"))
                .tensor("a.weight", DType.F32, TestModel.gaussian(160, 1), 16, 10)
                .write();
        LocalRun run = LocalRun.in(folder.resolve("run")).input("model", model);
        run.cancel();
        assertThatThrownBy(() -> run.of(new Rtn(), "{\"group\": 0}")).isInstanceOf(InterruptedException.class);
        assertThat(run.output("model").resolve("model.safetensors")).doesNotExist();
    }

    private void assertRefused(Path model, String params, String message) {
        assertThatThrownBy(() -> run(model, params))
                .isInstanceOf(MethodException.class)
                .hasMessageStartingWith(message);
    }

    private LocalRun run(Path model, String params) throws MethodException, IOException, InterruptedException {
        return run("run", model, params, 2);
    }

    private LocalRun run(String name, Path model, String params, int threads)
            throws MethodException, IOException, InterruptedException {
        LocalRun run = LocalRun.in(folder.resolve(name)).input("model", model).threads(threads);
        run.of(new Rtn(), params);
        return run;
    }

    /** [3, 16] */
    private static float[] reference() {
        float[] weights = new float[48];
        for (int r = 0; r < 3; r++) {
            for (int i = 0; i < 16; i++) {
                weights[r * 16 + i] = (float) (0.1 * ((i * 7 + r * 3) % 19 - 9) + 0.013 * r);
            }
        }
        return weights;
    }

    private static int[] read(Checkpoint checkpoint, String tensor) throws IOException {
        MemorySegment data = checkpoint.data(tensor);
        return data.toArray(ValueLayout.JAVA_INT_UNALIGNED);
    }

    private static int[] ints(int... values) {
        return values;
    }
}
