package dev.steelyard.incremental.bcnws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.ImageShape;
import dev.steelyard.artifacts.dataset.Labels;
import dev.steelyard.artifacts.dataset.Matrix;
import dev.steelyard.artifacts.safetensors.SafetensorsFile;
import dev.steelyard.incremental.GreyImages;
import dev.steelyard.incremental.RunFiles;
import dev.steelyard.incremental.features.FeatureExtraction;
import dev.steelyard.incremental.images.ImageSplit;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.ParamsReader;
import dev.steelyard.method.local.LocalRun;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.Phase;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.TensorFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class BcnWsTest {
    private static final Torch ENGINE = Torch.start(2);
    private static final int SIDE = 8;
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path images;

    @TempDir
    Path folder;

    private final BcnWs method = new BcnWs();

    /** Three classes: a bright row at another height each, under noise. */
    @BeforeAll
    static void drawImages() throws IOException {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(5);
        for (int label = 0; label < 3; label++) {
            Path classFolder = Files.createDirectories(images.resolve("class-" + label));
            for (int i = 0; i < 80; i++) {
                var image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
                for (int y = 0; y < SIDE; y++) {
                    for (int x = 0; x < SIDE; x++) {
                        int bright = y == 2 * label + 1 ? 120 : 0;
                        image.getRaster().setSample(x, y, 0, bright + random.nextInt(130));
                    }
                }
                ImageIO.write(
                        image,
                        "png",
                        classFolder.resolve("%03d.png".formatted(i)).toFile());
            }
        }
    }

    @Test
    void two_images_a_batch_are_enough_to_learn() throws Exception {
        var job = job("job");

        Outputs outputs = job.of(method, params("\"epochs\": 4"));

        assertThat(figure(outputs, "accuracy")).isGreaterThan(0.9);
        JsonNode report = RunFiles.report(job);
        assertThat(report.path("passes").size()).isEqualTo(5);
        JsonNode last = report.path("passes").path(4);
        assertThat(last.path("accuracy").doubleValue()).isEqualTo(figure(outputs, "accuracy"));
        assertThat(last.path("scales").path(0).path("name").stringValue()).isEqualTo("layers.0.norm.weight");
        assertThat(last.path("scales").path(1).path("name").stringValue()).isEqualTo("layers.0.norm.bn.weight");
        assertThat(last.path("scales").path(1).path("least").doubleValue())
                .isLessThanOrEqualTo(last.path("scales").path(1).path("mean").doubleValue());
        assertThat(last.path("layers").path(3).path("name").stringValue()).isEqualTo("layers.3");
        List<JsonNode> looks = new ArrayList<>();
        report.path("gradients").forEach(looks::add);
        assertThat(looks).hasSizeGreaterThan(100);
        assertThat(looks.getLast().path("loss").doubleValue())
                .isLessThan(looks.getFirst().path("loss").doubleValue());
        assertThat(looks)
                .allSatisfy(look ->
                        assertThat(look.path("smoothness").doubleValue()).isPositive());
        assertThat(job.curves())
                .containsKeys("loss", "accuracy", "dead-share/layers.3", "least-scale/layers.0.norm.weight");
        JsonNode config = JSON.readTree(Files.readString(job.output("model").resolve("config.json")));
        assertThat(config.path("weight_standardization").path("variant").stringValue())
                .isEqualTo("unbiased-outside");
        for (String output : List.of("model", "folded")) {
            var features = job("features").input("encoder", job.output(output));
            assertThatThrownBy(() -> features.of(new FeatureExtraction(), "{}"))
                    .hasMessage("config.json: is of a model of bcn-ws; expected an image classifier of adamp, wad or "
                            + "weight-compander");
        }
    }

    @Test
    void own_test_part_is_not_trained_on() throws Exception {
        Path parts = GreyImages.withTestPart(folder.resolve("parts"), SIDE);
        var job = LocalRun.in(folder.resolve("job")).threads(2).input("data", parts);

        job.of(method, params("\"epochs\": 1, \"batch\": 8"));

        assertThat(RunFiles.report(job).path("trainImages").intValue()).isEqualTo(40);
        assertThat(RunFiles.report(job).path("testImages").intValue()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            strided  | bcn-estimated | true  | unbiased-outside
            strided  | bcn           | true  | unbiased-root
            strided  | gn            | true  | biased-root
            strided  | bn            | true  | unbiased-outside
            strided  | gn            | false | unbiased-outside
            residual | bcn-estimated | true  | unbiased-outside
            residual | bn            | false | unbiased-outside
            """)
    void folded_network_says_what_the_trained_one_says(String network, String norm, boolean ws, String variant)
            throws Exception {
        var job = job("job");
        job.of(method, params("""
                        "network": "%s", "norm": "%s", "weightStd": %s, "wsVariant": "%s", "batch": 8, "epochs": 2, \
                        "wsExclude": ["layers.1.*"]""".formatted(network, norm, ws, variant)));

        try (Network trained = Network.read(ENGINE, job.output("model"));
                Network folded = Network.read(ENGINE, job.output("folded"));
                var random = new RandomTensors(ENGINE, 1);
                var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            Tensor x = random.uniform(1, 40, 1, SIDE, SIDE);
            Tensor expected = trained.classifier().logits(x, Phase.EVALUATION);
            Tensor found = folded.classifier().logits(x, Phase.EVALUATION);
            double largest = expected.abs().max().item_double();
            assertThat(found.sub(expected).abs().max().item_double()).isLessThan(1e-5 * Math.max(1, largest));
            assertThat(folded.config().standardization()).isEmpty();
            assertThat(folded.config().norm()).isEqualTo(norm.equals("bn") ? "none" : "gn");
            assertThat(folded.store().save().keySet()).noneMatch(name -> name.contains(".bn."));
        }
    }

    @Test
    void job_stopped_at_any_step_continues_to_the_same_bytes() throws Exception {
        // 12 batches of 16 in a pass: 264 steps, a state after 256; a look at cancellation for each step, and two where
        // test and training images are run through: before the first pass and after each of 21
        int looked = 2 * 22;
        String params = params("\"batch\": 16, \"epochs\": 22, \"learningRate\": 0.2");
        var straight = job("straight");
        straight.of(method, params);

        for (int looks : List.of(7, 260 + looked)) {
            var stopped = job("stopped" + looks);
            assertThatThrownBy(() -> stopped.cancelAfter(looks).of(method, params))
                    .isInstanceOf(InterruptedException.class);
            stopped.of(method, params);

            assertThat(stopped.lines().contains("continues after step 256")).isEqualTo(looks > 7);
            assertThat(tree(stopped)).isEqualTo(tree(straight));
        }
    }

    @Test
    void batch_normalization_is_converted_and_trained_on() throws Exception {
        var source = job("source");
        source.of(method, params("\"norm\": \"bn\", \"weightStd\": false, \"batch\": 16, \"epochs\": 8"));
        Map<String, Path> inputs = Map.of("data", images, "model", source.output("model"));

        for (String norm : List.of("bcn-estimated", "bcn", "gn")) {
            var atOnce = LocalRun.in(folder.resolve(norm)).threads(2).inputs(inputs);
            Outputs converted = atOnce.of(
                    method,
                    params("\"mode\": \"convert\", \"norm\": \"%s\", \"epochs\": 0, \"rho\": 0".formatted(norm)));
            var trained =
                    LocalRun.in(folder.resolve(norm + "-trained")).threads(2).inputs(inputs);
            Outputs tuned = trained.of(
                    method,
                    params("\"mode\": \"convert\", \"norm\": \"%s\", \"epochs\": 1, \"batch\": 4".formatted(norm)));

            assertThat(figure(tuned, "accuracyBefore")).isGreaterThan(0.9);
            assertThat(figure(tuned, "accuracyConverted")).isEqualTo(figure(converted, "accuracy"));
            assertThat(figure(tuned, "accuracy")).isGreaterThan(0.9);
            assertThat(RunFiles.report(atOnce).path("gradients").size()).isZero();
            if (!norm.equals("gn")) {
                assertStatisticsAreThoseOfTheData(atOnce);
            }
        }
    }

    /** The first layer's statistics depend on no others: they are mean and variance of what its convolution gives. */
    private void assertStatisticsAreThoseOfTheData(LocalRun job) throws Exception {
        ImageSet train = ImageSplit.of(images, 0.2, 0, 2, job.random("split")).train();
        try (Network network = Network.read(ENGINE, job.output("model"));
                var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            Tensor x = network.classifier()
                    .input(train, IntStream.range(0, train.size()).toArray());
            Tensor weight = network.config()
                    .standardization()
                    .orElseThrow()
                    .standardized(network.tensor("layers.0.conv.weight"));
            Tensor y = torch.conv2d(
                    x,
                    weight,
                    new TensorOptional(network.tensor("layers.0.conv.bias")),
                    new long[] {1, 1},
                    new long[] {1, 1},
                    new long[] {1, 1},
                    1);
            double[] mean = Tensors.toDoubles(y.mean(0, 2, 3));
            double[] variance = Tensors.toDoubles(torch.var(y, new long[] {0, 2, 3}, false));
            assertThat(Tensors.toDoubles(network.tensor("layers.0.norm.bn.running_mean")))
                    .containsExactly(mean, within(1e-5));
            assertThat(Tensors.toDoubles(network.tensor("layers.0.norm.bn.running_var")))
                    .containsExactly(variance, within(1e-4));
            assertThat(Tensors.toDoubles(network.tensor("layers.0.norm.weight")))
                    .containsOnly(1);
        }
    }

    private static Tensor tensor(Map<String, Tensor> tensors, String name) {
        Tensor found = tensors.get(name);
        assertThat(found).as(name).isNotNull();
        return Objects.requireNonNull(found);
    }

    @Test
    void planted_dead_channels_are_counted() throws Exception {
        var first = job("first");
        String gn = params("\"norm\": \"gn\", \"weightStd\": false, \"epochs\": 1, \"learningRate\": 1e-9");
        first.of(method, gn);
        Path planted = planted(first.output("model"), "layers.1.norm.bias");

        var job = LocalRun.in(folder.resolve("planted"))
                .threads(2)
                .input("data", images)
                .input("model", planted);
        job.of(method, gn);

        JsonNode layers = RunFiles.report(job).path("passes").path(0).path("layers");
        assertThat(layers.path(1).path("deadShare").doubleValue()).isEqualTo(0.5);
        assertThat(layers.path(0).path("deadShare").doubleValue()).isZero();
        assertThat(RunFiles.report(job).path("deadShare").doubleValue()).isEqualTo(0.125);
    }

    /** A copy of a model whose first half of a shift is far below 0. */
    private Path planted(Path model, String shift) throws IOException {
        Path copy = Files.createDirectories(folder.resolve("copy"));
        Files.copy(model.resolve("config.json"), copy.resolve("config.json"));
        try (var _ = TensorScope.open()) {
            Map<String, Tensor> tensors = TensorFile.read(model.resolve("model.safetensors"));
            Tensor values = tensor(tensors, shift);
            values.narrow(0, 0, values.numel() / 2).fill_(new Scalar(-30.0));
            TensorFile.write(copy.resolve("model.safetensors"), tensors, Map.of());
        }
        return copy;
    }

    @Test
    void accumulated_single_images_train_as_the_whole_batch_does() throws Exception {
        var whole = job("whole");
        var single = job("single");
        whole.of(method, params("\"norm\": \"gn\", \"batch\": 8, \"epochs\": 1"));
        single.of(method, params("\"norm\": \"gn\", \"batch\": 1, \"accumulation\": 8, \"epochs\": 1"));

        try (var a = SafetensorsFile.open(whole.output("model").resolve("model.safetensors"));
                var b = SafetensorsFile.open(single.output("model").resolve("model.safetensors"))) {
            for (var info : a.tensors()) {
                float[] expected = a.data(info.name()).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
                float[] found = b.data(info.name()).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
                assertThat(found).as(info.name()).containsExactly(expected, within(1e-4f));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "groups": 3, "forceGroups": true       | /groups     | layers.0.norm: 8 channels are not divided by 3 groups
            "network": "residual", "channels": [1, 4] | /wsExclude | blocks.1.shortcut.conv.weight: one value for each output
            "norm": "bn", "batch": 1, "channels": [4, 4, 4] | /batch | layers.5: maps are 1×1 there
            "norm": "bcn", "batch": 1, "channels": [4, 4, 4], "groups": 2 | /batch | take a batch of 2 or more, or bcn-estimated
            "norm": "gn", "channels": [4, 4, 4]    | /groups     | layers.5: maps are 1×1 there, and 4 channels in 4 groups are one value each
            "norm": "bcn", "batch": 4, "channels": [4, 4, 4] | /groups | take fewer groups
            "norm": "bcn-estimated", "channels": [4, 4, 4] | /groups | take fewer groups
            "rho": 0                               | /rho        | nothing would be estimated
            "accumulation": 200                    | /accumulation | a step takes 400 images, there are 192 to train on
            """)
    void what_cannot_be_trained_is_refused(String change, String field, String detail) throws Exception {
        String params = params(change);
        assertThatThrownBy(() -> job("job").of(method, params))
                .hasMessageContaining(detail)
                .isInstanceOfSatisfying(
                        MethodException.class, e -> assertThat(e.field()).contains(field));
    }

    @Test
    void maps_of_one_pixel_are_no_matter_where_statistics_are_estimated() throws Exception {
        var job = job("job");
        Outputs outputs = job.of(method, params("\"batch\": 1, \"channels\": [4, 4, 8], \"groups\": 2, \"rho\": 0.05"));

        assertThat(figure(outputs, "accuracy")).isGreaterThan(0.5);
        assertThat(job.lines()).noneMatch(line -> line.contains("groups of two"));
    }

    @Test
    void groups_of_two_values_are_warned_of() throws Exception {
        var job = job("job");
        job.of(method, params("\"norm\": \"gn\", \"channels\": [4, 4, 4], \"groups\": 2, \"epochs\": 1"));

        assertThat(job.lines())
                .containsExactly("warning: layers.5: groups of two values, of which only the larger one is told");
    }

    @ParameterizedTest
    @CsvSource({"28", "32"})
    void default_layers_have_groups_of_several_values(int side) throws Exception {
        var params =
                ParamsReader.of(BcnWsParams.class, ParamsReader.validator()).read("{}");
        var shape = new ImageShape(1, side, side);
        var labels = new Labels(List.of("a", "b"), new int[20], false);
        ImageSet blank =
                new ImageSet(shape, Matrix.of(20, shape.size(), new float[20 * shape.size()]), Optional.of(labels));
        var job = job("job");
        try (Network network = Network.create(ENGINE, 1, NetworkConfig.of(params, blank), _ -> {});
                var _ = new Training(params, job, network, new ImageSplit(blank, blank))) {
            assertThat(job.lines()).isEmpty();
        }
    }

    @Test
    void model_that_is_trained_on_keeps_its_settings_and_the_report_says_them() throws Exception {
        var source = job("source");
        source.of(method, params("\"norm\": \"gn\", \"groups\": 2, \"epochs\": 1, \"wsExclude\": [\"layers.1.*\"]"));
        var job = job("job").input("model", source.output("model"));

        job.of(method, params("\"norm\": \"gn\", \"groups\": 4, \"epochs\": 1"));

        JsonNode network = RunFiles.report(job).path("network");
        assertThat(network)
                .isEqualTo(JSON.readTree(Files.readString(job.output("model").resolve("config.json"))));
        assertThat(network.path("num_groups").intValue()).isEqualTo(2);
        assertThat(network.path("weight_standardization")
                        .path("exclude")
                        .path(0)
                        .stringValue())
                .isEqualTo("layers.1.*");
    }

    private void refused(LocalRun job, String change, String field, String detail) {
        assertThatThrownBy(() -> job.of(method, params("\"norm\": \"gn\", " + change)))
                .hasMessageContaining(detail)
                .isInstanceOfSatisfying(
                        MethodException.class, e -> assertThat(e.field()).contains(field));
    }

    @Test
    void foreign_models_are_refused() throws Exception {
        var source = job("source");
        source.of(method, params("\"norm\": \"gn\", \"epochs\": 1, \"batch\": 16"));
        Map<String, Path> inputs = new HashMap<>(Map.of("data", images, "model", source.output("model")));
        var job = LocalRun.in(folder.resolve("job")).threads(2).inputs(inputs);

        assertThatThrownBy(() -> job.of(method, params("\"mode\": \"convert\"")))
                .hasMessage("convert needs a model with batch normalization; this one has gn");
        assertThatThrownBy(() -> job.of(method, params("\"norm\": \"bcn\""))).hasMessage("the model has gn, not bcn");
        refused(job, "\"wsVariant\": \"biased-root\"", "/wsVariant", "standardized by unbiased-outside");
        assertThatThrownBy(() -> from(model("\"channels\": [4, 4, 4]")).of(method, params("\"norm\": \"gn\"")))
                .hasMessageStartingWith(
                        "the model: layers.5: maps are 1×1 there, and 4 channels in 4 groups are one value");
        refused(job, "\"wsEps\": 1e-6", "/wsEps", "standardized with 1.0E-5");
        refused(job, "\"weightStd\": false", "/weightStd", "weights of the model are standardized");
        assertThatThrownBy(() -> job("without").of(method, params("\"mode\": \"convert\"")))
                .hasMessage("convert needs an input model with batch normalization");
        Files.writeString(Files.createDirectories(folder.resolve("other")).resolve("config.json"), """
                {"model_type": "bert"}""");
        inputs.put("model", folder.resolve("other"));
        assertThatThrownBy(() -> LocalRun.in(folder).threads(2).inputs(inputs).of(method, params("\"norm\": \"gn\"")))
                .hasMessageContaining("model_type: expected steelyard-image-strided");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "channels": [60000, 60000] | channels: expected whole numbers from 1 to 8192, found [60000,60000]
            "channels": [8, 8, 8, 8, 8, 8, 8, 8, 8] | channels: expected at most 8 numbers
            "channels": [] | channels: expected a list of whole numbers from 1 to 8192, found []
            "channels": [8192, 8192] | channels: [8192, 8192] make 1207984128 weights or more, model.safetensors holds
            "num_channels": 4 | num_channels: expected a whole number from 1 to 3, found 4
            "image_height": 0 | image_height: expected a whole number from 1 to 4096, found 0
            "image_width": 1e9 | image_width: expected a whole number from 1 to 4096
            "id2label": {"0": "a", "2": "b"} | id2label: expected a label for each number from 0
            "norm": "layer" | norm: expected one of bcn-estimated, bcn, gn, bn, none, found "layer"
            "num_groups": 0 | num_groups: expected a whole number from 1 to 8192, found 0
            "num_groups": 3, "force_groups": true | num_groups: layers.0.norm: 8 channels are not divided by 3 groups
            "force_groups": "yes" | force_groups: expected true or false, found "yes"
            "weight_standardization": true | weight_standardization: expected an object, found true
            "weight_standardization": {"variant": "biased", "eps": 1e-5} | variant: expected one of unbiased-outside, unbiased-root, biased-root
            "weight_standardization": {"variant": "biased-root", "eps": 1e999} | eps: expected a number from 0.0 to 0.01
            "weight_standardization": {"variant": "biased-root"} | eps: expected a number above 0, found nothing
            "weight_standardization": {"variant": "biased-root", "eps": 1e-5, "exclude": [1]} | exclude: expected a list of texts, found [1]
            "model_type": "steelyard-image-residual", "channels": [1, 4] | weight_standardization: exclude: blocks.1.shortcut.conv.weight: one value
            """)
    void config_that_no_network_has_is_refused(String change, String message) throws Exception {
        assertThatThrownBy(() -> from(changed(change)).of(method, params("\"norm\": \"gn\"")))
                .isInstanceOfAny(ArtifactException.class, MethodException.class)
                .hasMessageStartingWith("config.json: ")
                .hasMessageContaining(message);
    }

    @Test
    void weights_of_another_shape_are_refused_by_name() throws Exception {
        assertThatThrownBy(() -> from(changed("\"channels\": [4, 8]")).of(method, params("\"norm\": \"gn\"")))
                .hasMessage("model.safetensors: layers.0.conv.weight: expected [4, 1, 3, 3], found [8, 1, 3, 3]")
                .isInstanceOfSatisfying(
                        MethodException.class, e -> assertThat(e.file()).contains("model.safetensors"));
    }

    @Test
    void groups_of_a_model_need_not_divide_its_channels() throws Exception {
        Outputs outputs =
                from(changed("\"num_groups\": 3")).of(method, params("\"norm\": \"gn\", \"epochs\": 1, \"batch\": 16"));

        assertThat(outputs.summary()).containsKey("accuracy");
    }

    /** A model with new weights whose config.json says something else. */
    private Path changed(String fields) throws Exception {
        Path model = model("");
        Path file = model.resolve("config.json");
        ObjectNode json = (ObjectNode) JSON.readTree(Files.readString(file));
        json.setAll((ObjectNode) JSON.readTree("{" + fields + "}"));
        Files.writeString(file, JSON.writeValueAsString(json));
        return model;
    }

    /** A model with group normalization and new weights. */
    private Path model(String change) throws Exception {
        Path model = Files.createTempDirectory(folder, "model");
        var reader = ParamsReader.of(BcnWsParams.class, ParamsReader.validator());
        String gn = "\"norm\": \"gn\"" + (change.isEmpty() ? "" : ", " + change);
        var config = NetworkConfig.of(reader.read(params(gn)), ImageSplit.read(images));
        try (Network network = Network.create(ENGINE, 1, config, _ -> {})) {
            network.write(model);
        }
        return model;
    }

    private LocalRun from(Path model) {
        return job("from").input("model", model);
    }

    @Test
    void examples_are_complete_parameters() throws MethodException {
        var reader = ParamsReader.of(BcnWsParams.class, ParamsReader.validator());
        for (MethodSpec.Example example : method.spec().examples()) {
            BcnWsParams params = reader.read(example.paramsJson());
            assertThat(params.optimizer().name()).isEqualTo("sgd");
            assertThat(params.optimizer().weightDecay()).isEqualTo(1e-4);
        }
        assertThatThrownBy(() -> reader.read("{\"epochs\": 0}")).hasMessageContaining("training takes 1 or more");
        assertThatThrownBy(() -> reader.read("{\"mode\": \"convert\", \"norm\": \"bn\"}"))
                .hasMessageContaining("convert it to another");
        assertThat(reader.read("{\"batch\": 2, \"accumulation\": 16}").scaledRate())
                .isEqualTo(0.05);
    }

    private static double figure(Outputs outputs, String name) {
        return (Double) Objects.requireNonNull(outputs.summary().get(name), name);
    }

    private LocalRun job(String name) {
        return LocalRun.in(folder.resolve(name)).threads(2).input("data", images);
    }

    /** Small networks, with a change. */
    private static String params(String change) {
        Map<String, Object> params = new TreeMap<>(
                Map.of("channels", List.of(8, 8), "groups", 4, "epochs", 2, "learningRate", 1.0, "batch", 2));
        JSON.readTree("{" + change + "}").properties().forEach(entry -> params.put(entry.getKey(), entry.getValue()));
        return JSON.writeValueAsString(params);
    }

    /** Hashes of all output files. */
    private static Map<String, String> tree(LocalRun job) throws IOException {
        Map<String, String> tree = RunFiles.hashes(job, "model", "folded", "report");
        assertThat(tree).hasSize(10);
        return tree;
    }
}
