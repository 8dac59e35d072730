package dev.steelyard.bench.checkpoint;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.CheckpointIndex;
import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.SafetensorsWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.bench.kernels.Machine;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.local.LocalRun;
import dev.steelyard.quantizer.finequant.FineQuant;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Quantizes a checkpoint that is several times larger than the heap and says what memory that took: shards of bfloat16
 * matrices in the shapes of a decoder with 4096 channels, every tenth with an outlier input.
 */
public final class LargeCheckpoint {
    private static final int HIDDEN = 4096;
    private static final int FFN = 11008;
    private static final int SHARDS = 4;
    private static final int LAYERS_PER_SHARD = 3;
    private static final int TABLE = 1 << 20;

    private LargeCheckpoint() {}

    /** Argument: a folder to work in, removed in the end. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        remove(folder);
        try {
            Path model = Files.createDirectories(folder.resolve("model"));
            long bytes = generate(model);
            System.out.printf(
                    Locale.ROOT,
                    "checkpoint: %.2f GB in %d shards; heap at most %.0f MB%n",
                    bytes / 1e9,
                    SHARDS,
                    Runtime.getRuntime().maxMemory() / 1e6);
            quantize(folder, model, bytes);
        } finally {
            remove(folder);
        }
    }

    private static void quantize(Path folder, Path model, long bytes) throws Exception {
        int threads = Runtime.getRuntime().availableProcessors();
        LocalRun run = LocalRun.in(folder.resolve("run")).input("model", model).threads(threads);
        Outputs outputs;
        double seconds;
        MemoryUse peak;
        try (var watch = new MemoryWatch()) {
            long start = System.nanoTime();
            outputs = run.of(new FineQuant(), "{}");
            seconds = (System.nanoTime() - start) / 1e9;
            peak = watch.peak();
        }
        System.out.printf(
                Locale.ROOT,
                "finequant, int4, %d threads: %.1f s, %.0f MB/s of weights (each is read twice)%n",
                threads,
                seconds,
                bytes / seconds / 1e6);
        System.out.println("figures: " + outputs.summary());
        System.out.printf(
                Locale.ROOT,
                "peak resident memory beyond the mapping: %.0f MB (the mapping itself at most %.0f MB)%n",
                peak.own() / 1e6,
                peak.mapped() / 1e6);
        readBack(model, threads);
    }

    private static void readBack(Path model, int threads) throws IOException, InterruptedException {
        try (var checkpoint = Checkpoint.open(model)) {
            MemorySegment data = checkpoint.data("model.layers.0.mlp.up_proj.weight");
            Machine.readBandwidth(data, threads);
            double cached = 0;
            for (int i = 0; i < 20; i++) {
                cached = Math.max(cached, Machine.readBandwidth(data, threads));
            }
            System.out.printf(
                    Locale.ROOT, "reading a mapped matrix and doing nothing with it: %.0f MB/s%n", cached / 1e6);
        }
    }

    private static long generate(Path model) throws IOException {
        Files.writeString(model.resolve("config.json"), "{\"model_type\": \"llama\", \"hidden_size\": 4096}\n");
        byte[] table = gaussianTable();
        var index = new TreeMap<String, String>();
        long bytes = 0;
        for (int shard = 0; shard < SHARDS; shard++) {
            String file = "model-%05d-of-%05d.safetensors".formatted(shard + 1, SHARDS);
            List<TensorInfo> tensors = new ArrayList<>();
            for (int layer = shard * LAYERS_PER_SHARD; layer < (shard + 1) * LAYERS_PER_SHARD; layer++) {
                tensors.addAll(layer("model.layers." + layer));
            }
            try (var writer = SafetensorsWriter.create(model.resolve(file), tensors, Map.of("format", "pt"))) {
                for (TensorInfo tensor : tensors) {
                    fill(writer, tensor, table, bytes / 7);
                    index.put(tensor.name(), file);
                    bytes += tensor.byteSize();
                }
                writer.finish();
            }
        }
        new CheckpointIndex(index).write(model, bytes);
        return bytes;
    }

    private static List<TensorInfo> layer(String name) {
        return List.of(
                TensorInfo.of(name + ".self_attn.q_proj.weight", DType.BF16, HIDDEN, HIDDEN),
                TensorInfo.of(name + ".self_attn.k_proj.weight", DType.BF16, HIDDEN / 4, HIDDEN),
                TensorInfo.of(name + ".self_attn.v_proj.weight", DType.BF16, HIDDEN / 4, HIDDEN),
                TensorInfo.of(name + ".self_attn.o_proj.weight", DType.BF16, HIDDEN, HIDDEN),
                TensorInfo.of(name + ".mlp.gate_proj.weight", DType.BF16, FFN, HIDDEN),
                TensorInfo.of(name + ".mlp.up_proj.weight", DType.BF16, FFN, HIDDEN),
                TensorInfo.of(name + ".mlp.down_proj.weight", DType.BF16, HIDDEN, FFN),
                TensorInfo.of(name + ".input_layernorm.weight", DType.BF16, HIDDEN));
    }

    /** Rows begin at places of the table that differ from row to row. */
    private static void fill(SafetensorsWriter writer, TensorInfo tensor, byte[] table, long seed) throws IOException {
        long rows = tensor.shape().getFirst();
        int rowBytes = (int) (tensor.byteSize() / rows);
        boolean outlier = seed % 10 == 0 && rows > 1;
        byte[] row = new byte[rowBytes];
        for (long r = 0; r < rows; r++) {
            int from = Math.floorMod((seed + r) * 7919, (table.length - rowBytes) / 2) * 2;
            System.arraycopy(table, from, row, 0, rowBytes);
            if (outlier) {
                row[201] = (byte) (row[201] + 2); // the exponent's high bits: 16 times as large
            }
            writer.write(tensor.name(), r * rowBytes, MemorySegment.ofArray(row));
        }
    }

    private static byte[] gaussianTable() {
        byte[] table = new byte[2 * TABLE];
        Random random = new Random(1);
        for (int i = 0; i < TABLE; i++) {
            int bits = Float.floatToRawIntBits((float) (0.02 * random.nextGaussian())) >>> 16;
            table[2 * i] = (byte) bits;
            table[2 * i + 1] = (byte) (bits >>> 8);
        }
        return table;
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
