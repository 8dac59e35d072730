package dev.steelyard.quantizer.compressed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The compressed-tensors library for Python, where a Python has it: {@code make interop} installs one. */
public final class CompressedTensors {
    /** What to do where {@link #find} finds nothing. */
    public static final String MISSING =
            "no Python with compressed-tensors: run `make interop`, or set STEELYARD_PYTHON to one that has it";

    private static final Path SCRIPT = Path.of("../../bench/interop/check_compressed_tensors.py");
    private static final Path VENV = Path.of("../../target/venv/bin/python");

    private final Path python;

    private CompressedTensors(Path python) {
        this.python = python;
    }

    /** The Python of STEELYARD_PYTHON or target/venv, when it can import the library. */
    public static Optional<CompressedTensors> find() throws IOException, InterruptedException {
        String named = System.getenv("STEELYARD_PYTHON");
        Path python = named == null || named.isEmpty() ? VENV : Path.of(named);
        if (!Files.isExecutable(python)) {
            return Optional.empty();
        }
        var library = new CompressedTensors(python);
        return library.run("-c", "import torch, safetensors, compressed_tensors").ok
                ? Optional.of(library)
                : Optional.empty();
    }

    /**
     * Dequantizes a model and compares it with our own dequantization.
     *
     * @param ok whether all bits are the same
     * @param output what the script says
     */
    public record Comparison(boolean ok, String output) {}

    /** Compares the packed weights of a folder. */
    public Comparison compare(Path model, Path scratch) throws IOException, InterruptedException {
        Path ours = Files.createTempDirectory(scratch, "ours").resolve("ours.safetensors");
        Dequantized.write(model, ours);
        return run(SCRIPT.toAbsolutePath().normalize().toString(), model.toString(), ours.toString());
    }

    private Comparison run(String... arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile("python", ".txt");
        try {
            List<String> command = new ArrayList<>(List.of(python.toString()));
            command.addAll(List.of(arguments));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                return new Comparison(false, "no answer within five minutes");
            }
            return new Comparison(process.exitValue() == 0, Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }
}
