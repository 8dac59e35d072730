package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.incremental.training.WeightFiles;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The folder of a BERT encoder that becomes a classifier. */
record ClassifierFolder(Path input) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String CONFIG = "config.json";
    private static final String WEIGHTS = ".*\\.(safetensors|onnx|bin)|.*\\.index\\.json";

    /** The model, in a store. */
    TextClassifier load(
            Torch engine, BertConfig config, ParameterStore store, Reparametrization form, int classes, long seed)
            throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(input);
                var random = new RandomTensors(engine, seed);
                var _ = TensorScope.open()) {
            return TextClassifier.load(
                    config, store, new CheckpointWeights(checkpoint), form, Pooling.of(input), classes, random);
        }
    }

    /**
     * Writes all files again, with the weights in {@code model.safetensors} and the names of the classes in {@code
     * config.json}. Weights that are not trained stay as they are.
     */
    void write(Path out, SequencedMap<String, Tensor> weights, List<String> classes) throws IOException {
        WeightFiles.copy(input, out, file -> !file.getFileName().toString().matches(WEIGHTS));
        ObjectNode config = (ObjectNode) JSON.readTree(input.resolve(CONFIG));
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
