package dev.steelyard.models.bert;

import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.SafetensorsWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.models.Activation;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A BERT of two narrow layers with random weights, as a checkpoint on disk. */
record SmallBert(Map<String, TensorInfo> tensors) {
    static final BertConfig CONFIG = new BertConfig(50, 24, 2, 4, 48, Activation.GELU, 16, 2, 1e-12, 0);

    static SmallBert named(UnaryOperator<String> naming) {
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        add(tensors, naming, "embeddings.word_embeddings.weight", 50, 24);
        add(tensors, naming, "embeddings.position_embeddings.weight", 16, 24);
        add(tensors, naming, "embeddings.token_type_embeddings.weight", 2, 24);
        add(tensors, naming, "embeddings.LayerNorm.weight", 24);
        add(tensors, naming, "embeddings.LayerNorm.bias", 24);
        for (int i = 0; i < 2; i++) {
            String layer = "encoder.layer." + i + ".";
            for (String name : List.of("self.query", "self.key", "self.value", "output.dense")) {
                add(tensors, naming, layer + "attention." + name + ".weight", 24, 24);
                add(tensors, naming, layer + "attention." + name + ".bias", 24);
            }
            add(tensors, naming, layer + "intermediate.dense.weight", 48, 24);
            add(tensors, naming, layer + "intermediate.dense.bias", 48);
            add(tensors, naming, layer + "output.dense.weight", 24, 48);
            add(tensors, naming, layer + "output.dense.bias", 24);
            for (String name : List.of("attention.output.LayerNorm", "output.LayerNorm")) {
                add(tensors, naming, layer + name + ".weight", 24);
                add(tensors, naming, layer + name + ".bias", 24);
            }
        }
        return new SmallBert(tensors);
    }

    private static void add(Map<String, TensorInfo> tensors, UnaryOperator<String> naming, String name, long... shape) {
        tensors.put(name, TensorInfo.of(naming.apply(name), DType.F32, shape));
    }

    SmallBert without(String name) {
        Map<String, TensorInfo> rest = new LinkedHashMap<>(tensors);
        rest.remove(name);
        return new SmallBert(rest);
    }

    SmallBert with(String name, DType dtype, long... shape) {
        Map<String, TensorInfo> changed = new LinkedHashMap<>(tensors);
        changed.put(name, TensorInfo.of(name, dtype, shape));
        return new SmallBert(changed);
    }

    void write(Path folder) throws IOException {
        write(folder.resolve("model.safetensors"), List.copyOf(tensors.keySet()));
    }

    /** Two shards and their index. */
    void writeSharded(Path folder) throws IOException {
        List<String> names = List.copyOf(tensors.keySet());
        List<String> first = names.subList(0, 10);
        List<String> second = names.subList(10, names.size());
        write(folder.resolve("model-00001-of-00002.safetensors"), first);
        write(folder.resolve("model-00002-of-00002.safetensors"), second);
        String map = names.stream()
                .map(name -> "\"%s\": \"model-0000%d-of-00002.safetensors\""
                        .formatted(info(name).name(), first.contains(name) ? 1 : 2))
                .collect(Collectors.joining(", ", "{", "}"));
        Files.writeString(folder.resolve("model.safetensors.index.json"), "{\"weight_map\": " + map + "}");
    }

    /** The values depend on the usual name of a tensor alone. */
    private void write(Path file, List<String> names) throws IOException {
        List<TensorInfo> infos = names.stream().map(this::info).toList();
        try (var writer = SafetensorsWriter.create(file, infos, Map.of())) {
            for (String name : names) {
                TensorInfo info = info(name);
                var random = new Random(name.hashCode());
                byte[] bytes = new byte[(int) info.byteSize()];
                MemorySegment segment = MemorySegment.ofArray(bytes);
                for (int i = 0; i < info.elements(); i++) {
                    // multiples of 1/64 below 1: exact in every floating-point type
                    float value = (random.nextInt(65) - 32) / 64f;
                    switch (info.dtype()) {
                        case F32 -> segment.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i, value);
                        case BF16 ->
                            segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i, (short)
                                    (Float.floatToIntBits(value) >>> 16));
                        case F16 -> segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i, Float.floatToFloat16(value));
                        default -> bytes[i] = 1;
                    }
                }
                writer.write(info.name(), 0, segment);
            }
            writer.finish();
        }
    }

    private TensorInfo info(String name) {
        return Objects.requireNonNull(tensors.get(name));
    }
}
