package dev.steelyard.incremental;

import dev.steelyard.artifacts.onnx.OnnxImport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The real all-MiniLM-L6-v2, a sentence encoder of 384 numbers. */
public final class MiniLm {
    private static final Path CONFIG = Path.of("../../examples/all-minilm-l6-v2/config.json");

    private MiniLm() {}

    /** As published: model.onnx, config.json and tokenizer.json. */
    public static Path published(Path folder) throws IOException {
        Files.createDirectories(folder);
        copy("/all-minilm-l6-v2.onnx", folder.resolve("model.onnx"));
        copy("/all-minilm-l6-v2-tokenizer.json", folder.resolve("tokenizer.json"));
        Files.copy(CONFIG, folder.resolve("config.json"));
        return folder;
    }

    /** As an import makes of it: weights in safetensors. */
    public static Path imported(Path folder) throws IOException {
        published(folder);
        var _ = OnnxImport.convertFolder(folder).orElseThrow();
        return folder;
    }

    private static void copy(String name, Path target) throws IOException {
        try (InputStream in = Objects.requireNonNull(MiniLm.class.getResourceAsStream(name), name)) {
            Files.copy(in, target);
        }
    }
}
