package dev.steelyard.incremental.training;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.Sha256;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.tensor.ScalarTypes;
import dev.steelyard.tensor.Tensors;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/** The files of a model folder. */
public final class WeightFiles {
    private WeightFiles() {}

    /** Copies all files; the copies can be written to. */
    public static void copy(Path from, Path to) throws IOException {
        copy(from, to, _ -> true);
    }

    /** Copies some files. */
    public static void copy(Path from, Path to, Predicate<Path> which) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(from)) {
            files = walk.filter(Files::isRegularFile).filter(which).toList();
        }
        for (Path file : files) {
            Path copy = to.resolve(from.relativize(file).toString());
            Files.createDirectories(copy.toAbsolutePath().getParent());
            try (OutputStream out = Files.newOutputStream(copy)) {
                Files.copy(file, out);
            }
        }
    }

    /**
     * What {@code sha256sum *.safetensors | sha256sum} prints in the folder, for the files that hold its weights.
     *
     * @param checkpoint of that folder
     */
    public static String hash(Path folder, Checkpoint checkpoint) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (String file : checkpoint.files()) {
            lines.append(Sha256.of(folder.resolve(file)))
                    .append("  ")
                    .append(file)
                    .append('\n');
        }
        return Sha256.of(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A weight as it lies in a checkpoint: no copy, valid until that is closed.
     *
     * @throws ArtifactException when there is none
     */
    public static Tensor tensor(Checkpoint checkpoint, String name) throws ArtifactException {
        TensorInfo info = checkpoint.tensor(name).orElseThrow(() -> checkpoint.refuse(name, "missing"));
        long[] shape = info.shape().stream().mapToLong(Long::longValue).toArray();
        return Tensors.view(checkpoint.data(name), ScalarTypes.of(info.dtype()), shape);
    }
}
