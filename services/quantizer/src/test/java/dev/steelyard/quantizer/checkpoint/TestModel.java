package dev.steelyard.quantizer.checkpoint;

import dev.steelyard.artifacts.safetensors.CheckpointIndex;
import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.SafetensorsWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.tensor.kernels.FloatFormat;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Builds small model folders. */
public final class TestModel {
    private final Path folder;
    private final Map<String, Map<TensorInfo, float[]>> files = new LinkedHashMap<>();

    public TestModel(Path folder) {
        this.folder = folder;
    }

    /** Adds a tensor to model.safetensors. */
    public TestModel tensor(String name, DType dtype, float[] values, long... shape) {
        return tensorIn("model.safetensors", name, dtype, values, shape);
    }

    /** Adds a tensor to a shard. */
    public TestModel tensorIn(String file, String name, DType dtype, float[] values, long... shape) {
        files.computeIfAbsent(file, _ -> new LinkedHashMap<>()).put(TensorInfo.of(name, dtype, shape), values);
        return this;
    }

    /** Writes the folder with a config.json and a tokenizer.json. */
    public Path write() throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"test\", \"hidden_size\": 16}");
        Files.writeString(folder.resolve("tokenizer.json"), "{}");
        var index = new TreeMap<String, String>();
        for (Map.Entry<String, Map<TensorInfo, float[]>> file : files.entrySet()) {
            write(file.getKey(), file.getValue());
            file.getValue().keySet().forEach(t -> index.put(t.name(), file.getKey()));
        }
        if (!files.containsKey("model.safetensors")) {
            new CheckpointIndex(index).write(folder, 0);
        }
        return folder;
    }

    private void write(String file, Map<TensorInfo, float[]> tensors) throws IOException {
        try (var writer =
                SafetensorsWriter.create(folder.resolve(file), List.copyOf(tensors.keySet()), Map.of("format", "pt"))) {
            for (Map.Entry<TensorInfo, float[]> tensor : tensors.entrySet()) {
                FloatFormat format = FloatFormat.valueOf(tensor.getKey().dtype().name());
                MemorySegment bytes =
                        MemorySegment.ofArray(new byte[(int) tensor.getKey().byteSize()]);
                for (int i = 0; i < tensor.getValue().length; i++) {
                    format.set(bytes, (long) i * format.bytes(), tensor.getValue()[i]);
                }
                writer.write(tensor.getKey().name(), 0, bytes);
            }
            writer.finish();
        }
    }

    /** Numbers from a normal distribution with a standard deviation of 0.02, always the same. */
    public static float[] gaussian(int n, long seed) {
        Random random = new Random(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (0.02 * random.nextGaussian());
        }
        return values;
    }
}
