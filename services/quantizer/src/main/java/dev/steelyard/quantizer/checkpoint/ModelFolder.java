package dev.steelyard.quantizer.checkpoint;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.CheckpointIndex;
import dev.steelyard.method.MethodException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The files of a Hugging Face model folder beside the weights. */
public final class ModelFolder {
    static final String CONFIG = "config.json";
    private static final String QUANTIZATION = "quantization_config";

    /** Files of other formats hold the weights again, unquantized. */
    private static final Set<String> OTHER_WEIGHTS =
            Set.of("bin", "pt", "pth", "ckpt", "h5", "msgpack", "onnx", "gguf", "ot", "tflite", "pkl");

    private static final JsonMapper JSON = new JsonMapper();

    private final Path root;

    public ModelFolder(Path root) {
        this.root = root;
    }

    /**
     * Reads config.json.
     *
     * @throws MethodException when it is missing, not an object or says that the model is quantized already
     */
    public ObjectNode config() throws MethodException, IOException {
        Path file = root.resolve(CONFIG);
        if (!Files.isRegularFile(file)) {
            throw refused("missing; the input must be a Hugging Face model folder");
        }
        JsonNode node;
        try {
            node = JSON.readTree(Files.readAllBytes(file));
        } catch (JacksonException e) {
            throw refused("is not valid JSON: " + e.getOriginalMessage());
        }
        if (!(node instanceof ObjectNode config)) {
            throw refused("is not a JSON object");
        }
        if (config.has(QUANTIZATION)) {
            throw refused("has a quantization_config: the model is quantized already; give the original");
        }
        return config;
    }

    private MethodException refused(String why) {
        return MethodException.file(CONFIG, CONFIG + ": " + why).in(root);
    }

    /** Writes config.json with the quantization entry into another folder. */
    void writeConfig(ObjectNode config, ObjectNode quantization, Path folder) throws IOException {
        ObjectNode quantized = config.deepCopy();
        quantized.set(QUANTIZATION, quantization);
        Files.writeString(
                folder.resolve(CONFIG), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(quantized) + "\n");
    }

    /** Copies what belongs to the model besides weights and config: tokenizer, vocabulary, licence, module list. */
    void copyCompanions(Path folder) throws IOException {
        for (Path file : companions()) {
            Path copy = folder.resolve(root.relativize(file).toString());
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
        }
    }

    /** Bytes of what {@link #copyCompanions} copies. */
    long companionBytes() throws IOException {
        long bytes = 0;
        for (Path file : companions()) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    private List<Path> companions() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .filter(this::isCompanion)
                    .sorted()
                    .toList();
        }
    }

    private boolean isCompanion(Path file) {
        String name = file.getFileName().toString();
        String extension = name.substring(name.lastIndexOf('.') + 1);
        boolean weights = root.equals(file.getParent())
                && (extension.equals("safetensors") || name.equals(CheckpointIndex.FILE) || name.equals(CONFIG));
        return !weights && !OTHER_WEIGHTS.contains(extension);
    }

    /** The checkpoint of this folder. */
    Checkpoint open() throws IOException {
        return Checkpoint.open(root);
    }
}
