package dev.steelyard.artifacts.gguf;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.CheckpointIndex;
import dev.steelyard.artifacts.safetensors.ShardedWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the Hugging Face folder of a Llama decoder that comes as a GGUF file: weights with transformers' names and
 * order of rows, dequantized, config, tokenizer. The same file gives the same bytes. At most a block of a tensor's rows
 * is in memory.
 *
 * @param source name of the GGUF file
 * @param tensors what was written
 */
public record GgufImport(String source, List<TensorInfo> tensors) {
    private static final String EXTENSION = ".gguf";
    private static final long SHARD = 5_000_000_000L;
    private static final Map<String, String> METADATA = Map.of("format", "pt");
    private static final JsonMapper JSON = new JsonMapper();

    public GgufImport {
        tensors = List.copyOf(tensors);
    }

    /** The GGUF file of a folder that has no other weights; its name may be any. */
    private static Optional<Path> find(Path folder) throws IOException {
        if (Files.exists(folder.resolve(Checkpoint.SINGLE)) || Files.exists(folder.resolve(CheckpointIndex.FILE))) {
            return Optional.empty();
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(GgufImport::isGguf).sorted().toList();
        }
        if (files.size() > 1) {
            throw new ArtifactException("holds %d GGUF files, %s and %s among them; a model is made of one"
                    .formatted(
                            files.size(),
                            files.get(0).getFileName(),
                            files.get(1).getFileName()));
        }
        return files.stream().findFirst();
    }

    private static boolean isGguf(Path file) {
        return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(EXTENSION)
                && Files.isRegularFile(file);
    }

    /**
     * Converts the {@code .gguf} file in a folder and removes it. Files that a folder has already, such as
     * {@code tokenizer.json}, stay as they are. Does nothing when there is no GGUF file, or safetensors beside it.
     *
     * @param type of the weights written
     * @throws ArtifactException when the file cannot be read or is no Llama decoder; the folder is then as it was
     */
    public static Optional<GgufImport> convertFolder(Path folder, WeightType type) throws IOException {
        Optional<Path> file = find(folder);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        GgufImport done;
        try (GgufFile gguf = GgufFile.open(file.get())) {
            done = convert(gguf, folder, type);
        }
        Files.delete(file.get());
        return Optional.of(done);
    }

    /**
     * Writes the folder of a model.
     *
     * @param folder has no safetensors; what it has of the other files stays
     * @throws ArtifactException when the file is no Llama decoder or its tokenizer is not known; nothing is left then
     */
    public static GgufImport convert(GgufFile file, Path folder, WeightType type) throws IOException {
        LlamaSizes sizes = LlamaSizes.read(file);
        List<LlamaTensor> tensors = LlamaTensors.of(file, sizes);
        SequencedMap<Path, ObjectNode> companions = companions(file, sizes, folder, type);
        List<TensorInfo> infos = tensors.stream().map(t -> t.info(type)).toList();
        try (ShardedWriter writer = ShardedWriter.create(folder, infos, METADATA, SHARD)) {
            for (LlamaTensor tensor : tensors) {
                tensor.write(writer, type);
            }
            writeAll(companions);
            writer.finish();
        }
        return new GgufImport(file.name(), infos);
    }

    private static SequencedMap<Path, ObjectNode> companions(
            GgufFile file, LlamaSizes sizes, Path folder, WeightType type) throws IOException {
        GgufMetadata settings = file.metadata();
        TokenizerSettings tokenizer = TokenizerSettings.read(settings, sizes.vocabulary());
        SequencedMap<Path, ObjectNode> files = new LinkedHashMap<>();
        files.put(folder.resolve("config.json"), ModelFiles.config(sizes, tokenizer, type));
        files.put(folder.resolve("generation_config.json"), ModelFiles.generation(tokenizer));
        if (!Files.exists(folder.resolve("tokenizer.json"))) {
            files.put(folder.resolve("tokenizer.json"), TokenizerJson.of(settings, tokenizer));
        }
        files.put(folder.resolve("tokenizer_config.json"), ModelFiles.tokenizer(tokenizer, sizes));
        files.keySet().removeIf(Files::exists);
        return files;
    }

    /** All of them or, after a failure, none. */
    private static void writeAll(SequencedMap<Path, ObjectNode> files) throws IOException {
        List<Path> written = new ArrayList<>();
        try {
            for (Map.Entry<Path, ObjectNode> file : files.entrySet()) {
                written.add(file.getKey());
                Files.writeString(
                        file.getKey(),
                        JSON.writerWithDefaultPrettyPrinter().writeValueAsString(file.getValue()) + "\n");
            }
        } catch (IOException | RuntimeException e) {
            for (Path file : written) {
                Files.deleteIfExists(file);
            }
            throw e;
        }
    }
}
