package dev.steelyard.e2e;

import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.SafetensorsWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The linear layers of a BERT of width 128 with one layer: the smallest model that a quantizer takes. */
final class TinyBert {
    static final String FILE = "model.safetensors";
    private static final int HIDDEN = 128;
    private static final int INTERMEDIATE = 256;

    private TinyBert() {}

    /** Writes a good one. */
    static Path write(Path folder) throws IOException {
        return write(folder, HIDDEN);
    }

    /** Writes one whose feed-forward output has a width of its own. */
    static Path write(Path folder, int width) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "bert", "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": 1}
                """.formatted(HIDDEN, INTERMEDIATE));
        String layer = "encoder.layer.0.";
        List<TensorInfo> tensors = List.of(
                TensorInfo.of(layer + "attention.self.query.weight", DType.F32, HIDDEN, HIDDEN),
                TensorInfo.of(layer + "intermediate.dense.weight", DType.F32, INTERMEDIATE, HIDDEN),
                TensorInfo.of(layer + "output.dense.weight", DType.F32, width, INTERMEDIATE));
        Random random = new Random(7);
        try (var writer = SafetensorsWriter.create(folder.resolve(FILE), tensors, Map.of("format", "pt"))) {
            for (TensorInfo tensor : tensors) {
                float[] values = new float[Math.toIntExact(tensor.byteSize() / Float.BYTES)];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (0.02 * random.nextGaussian());
                }
                writer.write(tensor.name(), 0, MemorySegment.ofArray(values));
            }
            writer.finish();
        }
        return folder;
    }
}
