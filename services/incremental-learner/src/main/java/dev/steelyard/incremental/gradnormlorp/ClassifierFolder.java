package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.incremental.training.WeightFiles;
import dev.steelyard.method.MethodException;
import dev.steelyard.models.CheckpointWeights;
import dev.steelyard.models.bert.BertConfig;
import dev.steelyard.models.text.Pooling;
import dev.steelyard.models.text.TextClassifier;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The folder of a BERT encoder that becomes a classifier. */
record ClassifierFolder(Path input) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String CONFIG = "config.json";
    private static final int SHOWN = 10;

    /** What transformers calls classes that have no names. */
    private static final Pattern UNNAMED = Pattern.compile("(LABEL_[0-9]+)?");

    private static final String WEIGHTS = ".*\\.(safetensors|onnx|bin)|.*\\.index\\.json";

    /**
     * The model, in a store. A classifier that the checkpoint has goes on with the classes of its {@code id2label},
     * whatever their order in the data.
     *
     * @param inOrder whether they must be in the data's order, because an optimizer's state is by row, too
     * @throws MethodException when those are not the data's classes
     */
    TextClassifier load(
            Torch engine,
            BertConfig config,
            ParameterStore store,
            Reparametrization form,
            List<String> classes,
            boolean inOrder,
            long seed)
            throws IOException, MethodException {
        try (Checkpoint checkpoint = Checkpoint.open(input);
                var random = new RandomTensors(engine, seed);
                var _ = TensorScope.open()) {
            CheckpointWeights weights = new CheckpointWeights(checkpoint);
            int[] rows = rows(weights.contains(TextClassifier.WEIGHT) ? trainedClasses() : List.of(), classes, inOrder);
            return TextClassifier.load(config, store, weights, form, Pooling.of(input), rows, random);
        }
    }

    /** Names of the classes that the checkpoint's classifier has, by row; none where nobody gave them names. */
    private List<String> trainedClasses() {
        JsonNode names = JSON.readTree(input.resolve(CONFIG)).path("id2label");
        List<String> classes = new ArrayList<>();
        for (int row = 0; row < names.size(); row++) {
            classes.add(names.path(Integer.toString(row)).asString(""));
        }
        return classes.stream().anyMatch(name -> UNNAMED.matcher(name).matches()) ? List.of() : classes;
    }

    private static int[] rows(List<String> trained, List<String> classes, boolean inOrder) throws MethodException {
        if (trained.isEmpty()) {
            return IntStream.range(0, classes.size()).toArray();
        }
        boolean same = inOrder
                ? trained.equals(classes)
                : trained.size() == classes.size() && new HashSet<>(trained).equals(new HashSet<>(classes));
        if (!same) {
            throw MethodException.input("the model's classifier tells apart %s, the data are of %s"
                    .formatted(shortened(trained), shortened(classes)));
        }
        return classes.stream().mapToInt(trained::indexOf).toArray();
    }

    private static String shortened(List<String> classes) {
        return classes.size() <= SHOWN
                ? classes.toString()
                : classes.subList(0, SHOWN) + " and " + (classes.size() - SHOWN) + " more";
    }

    /**
     * Writes all files again, with the weights in {@code model.safetensors} and the names of the classes in {@code
     * config.json}. Weights that are not trained stay as they are.
     */
    void write(Path out, SequencedMap<String, Tensor> weights, List<String> classes) throws IOException {
        WeightFiles.copy(input, out, file -> !file.getFileName().toString().matches(WEIGHTS));
        ObjectNode config = (ObjectNode) JSON.readTree(input.resolve(CONFIG));
        for (String type : List.of("torch_dtype", "dtype")) {
            if (config.has(type)) {
                config.put(type, "float32"); // a reader that followed another one would round what was trained
            }
        }
        ObjectNode labels = config.putObject("id2label");
        ObjectNode ids = config.putObject("label2id");
        for (int i = 0; i < classes.size(); i++) {
            labels.put(Integer.toString(i), classes.get(i));
            ids.put(classes.get(i), i);
        }
        Files.writeString(
                out.resolve(CONFIG), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n");
        try (Checkpoint checkpoint = Checkpoint.open(input);
                var _ = TensorScope.open()) {
            SequencedMap<String, Tensor> all = new LinkedHashMap<>(weights);
            all.putAll(untrained(checkpoint, weights));
            TensorFile.write(out.resolve("model.safetensors"), all, Map.of("format", "pt"));
        }
    }

    private static Map<String, Tensor> untrained(Checkpoint checkpoint, Map<String, Tensor> weights)
            throws IOException {
        Map<String, Tensor> rest = new LinkedHashMap<>();
        for (String file : checkpoint.files()) {
            for (TensorInfo info : checkpoint.tensors(file)) {
                if (!weights.containsKey(info.name())) {
                    rest.put(info.name(), WeightFiles.tensor(checkpoint, info.name()));
                }
            }
        }
        return rest;
    }
}
