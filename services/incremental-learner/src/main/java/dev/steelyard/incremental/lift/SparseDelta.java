package dev.steelyard.incremental.lift;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.SafetensorsFile;
import dev.steelyard.artifacts.safetensors.SafetensorsWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.incremental.training.WeightFiles;
import dev.steelyard.method.MethodException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * {@code delta.safetensors}: what a tuned checkpoint has other than its base. For each tensor {@code <name>.indices} I32
 * [k], ascending, row after row; {@code <name>.values} [k] and {@code <name>.base} [k], what stands there after and
 * before, in the checkpoint's own type. Metadata: {@code format}, and {@code base} and {@code tuned}, the hashes of the
 * weight files on both sides. Putting either side's bytes back restores its files bit for bit.
 */
final class SparseDelta {
    static final String FILE = "delta.safetensors";
    static final String FORMAT = "steelyard-sparse-delta-1";

    private static final String INDICES = ".indices";
    private static final String VALUES = ".values";
    private static final String BASE = ".base";
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private SparseDelta() {}

    /** Whether to go from base to tuned, or back. */
    enum Direction {
        APPLY("base", VALUES, "tuned"),
        REVERT("tuned", BASE, "base");

        private final String from;
        private final String suffix;
        private final String to;

        Direction(String from, String suffix, String to) {
            this.from = from;
            this.suffix = suffix;
            this.to = to;
        }
    }

    /**
     * Writes what differs between two checkpoints of the same tensors.
     *
     * @param file must not exist
     * @return changed entries by tensor; tensors without any are left out
     * @throws ArtifactException naming a tensor of 2³¹ entries or more, which 32 bits cannot index
     */
    static SequencedMap<String, Long> write(Path file, Path baseFolder, Path tunedFolder) throws IOException {
        try (Checkpoint base = Checkpoint.open(baseFolder);
                Checkpoint tuned = Checkpoint.open(tunedFolder)) {
            SequencedMap<String, int[]> changed = new LinkedHashMap<>();
            List<TensorInfo> tensors = new ArrayList<>();
            for (String name : base.names()) {
                int[] indices = changed(base, tuned, name);
                if (indices.length > 0) {
                    DType type = base.tensor(name).orElseThrow().dtype();
                    changed.put(name, indices);
                    tensors.add(TensorInfo.of(name + INDICES, DType.I32, indices.length));
                    tensors.add(TensorInfo.of(name + VALUES, type, indices.length));
                    tensors.add(TensorInfo.of(name + BASE, type, indices.length));
                }
            }
            Map<String, String> metadata = new TreeMap<>(Map.of(
                    "format",
                    FORMAT,
                    "base",
                    WeightFiles.hash(baseFolder, base),
                    "tuned",
                    WeightFiles.hash(tunedFolder, tuned)));
            try (var writer = SafetensorsWriter.create(file, tensors, metadata)) {
                for (Map.Entry<String, int[]> entry : changed.entrySet()) {
                    String name = entry.getKey();
                    int[] indices = entry.getValue();
                    writer.write(name + INDICES, 0, littleEndian(indices));
                    int size = base.tensor(name).orElseThrow().dtype().bytes();
                    writer.write(name + VALUES, 0, gather(tuned.data(name), indices, size));
                    writer.write(name + BASE, 0, gather(base.data(name), indices, size));
                }
                writer.finish();
            }
            SequencedMap<String, Long> counts = new LinkedHashMap<>();
            changed.forEach((name, indices) -> counts.put(name, (long) indices.length));
            return counts;
        }
    }

    /**
     * Changes the weight files of a folder in place.
     *
     * @param model with the files that the delta goes from
     * @return changed entries
     * @throws MethodException when the files are others, or do not become what the delta says
     */
    static long move(Path deltaFile, Path model, Direction direction) throws IOException, MethodException {
        long moved = 0;
        try (SafetensorsFile delta = SafetensorsFile.open(deltaFile)) {
            if (!FORMAT.equals(delta.metadata().get("format"))) {
                throw MethodException.file(FILE, FILE + ": is not a delta of the format " + FORMAT)
                        .in(deltaFile);
            }
            try (Checkpoint checkpoint = Checkpoint.edit(model)) {
                requireHash(model, checkpoint, delta, direction.from);
                for (TensorInfo tensor : delta.tensors()) {
                    if (tensor.name().endsWith(INDICES)) {
                        String name = tensor.name().substring(0, tensor.name().length() - INDICES.length());
                        moved += scatter(delta, checkpoint, name, direction.suffix);
                    }
                }
            }
            try (Checkpoint checkpoint = Checkpoint.open(model)) {
                requireHash(model, checkpoint, delta, direction.to);
            }
        } catch (ArtifactException e) {
            throw e.in(deltaFile);
        }
        return moved;
    }

    private static void requireHash(Path model, Checkpoint checkpoint, SafetensorsFile delta, String side)
            throws IOException, MethodException {
        String expected = delta.metadata().getOrDefault(side, "none");
        String found = WeightFiles.hash(model, checkpoint);
        if (!found.equals(expected)) {
            throw MethodException.input("the delta is of %s weights with hash %s; these have %s: it is of another model"
                    .formatted(side, expected, found));
        }
    }

    private static long scatter(SafetensorsFile delta, Checkpoint checkpoint, String name, String suffix)
            throws ArtifactException {
        TensorInfo target = checkpoint
                .tensor(name)
                .orElseThrow(() -> new ArtifactException(FILE, name, "the model has no such tensor"));
        TensorInfo values =
                delta.tensor(name + suffix).orElseThrow(() -> new ArtifactException(FILE, name + suffix, "is missing"));
        int size = target.dtype().bytes();
        MemorySegment indices = delta.data(name + INDICES);
        MemorySegment from = delta.data(name + suffix);
        MemorySegment to = checkpoint.data(name);
        if (values.dtype() != target.dtype() || from.byteSize() / size != indices.byteSize() / Integer.BYTES) {
            throw new ArtifactException(FILE, name + suffix, "does not fit its indices and the model's tensor");
        }
        long count = indices.byteSize() / Integer.BYTES;
        for (long i = 0; i < count; i++) {
            int index = indices.getAtIndex(INT, i);
            if (index < 0 || index >= target.elements()) {
                throw new ArtifactException(FILE, name + INDICES, "index " + index + " is outside the tensor");
            }
            MemorySegment.copy(from, i * size, to, (long) index * size, size);
        }
        return count;
    }

    private static int[] changed(Checkpoint base, Checkpoint tuned, String name) throws ArtifactException {
        TensorInfo info = base.tensor(name).orElseThrow();
        MemorySegment before = base.data(name);
        MemorySegment after = tuned.data(name);
        if (before.mismatch(after) < 0) {
            return new int[0];
        }
        if (info.elements() > Integer.MAX_VALUE) {
            throw base.refuse(name, info.elements() + " entries; a delta indexes at most 2³¹ − 1");
        }
        int size = info.dtype().bytes();
        int[] found = new int[1024];
        int count = 0;
        long at = before.mismatch(after);
        while (at >= 0) {
            if (count == found.length) {
                found = Arrays.copyOf(found, 2 * count);
            }
            long entry = at / size;
            found[count++] = (int) entry;
            long next = (entry + 1) * size;
            long further = MemorySegment.mismatch(before, next, before.byteSize(), after, next, after.byteSize());
            at = further < 0 ? -1 : next + further;
        }
        return Arrays.copyOf(found, count);
    }

    private static MemorySegment gather(MemorySegment data, int[] indices, int size) {
        MemorySegment gathered = MemorySegment.ofArray(new byte[Math.multiplyExact(indices.length, size)]);
        for (int i = 0; i < indices.length; i++) {
            MemorySegment.copy(data, (long) indices[i] * size, gathered, (long) i * size, size);
        }
        return gathered;
    }

    private static MemorySegment littleEndian(int[] indices) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[Math.multiplyExact(indices.length, Integer.BYTES)]);
        for (int i = 0; i < indices.length; i++) {
            bytes.setAtIndex(INT, i, indices[i]);
        }
        return bytes;
    }
}
