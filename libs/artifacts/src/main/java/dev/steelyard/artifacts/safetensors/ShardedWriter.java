package dev.steelyard.artifacts.safetensors;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * Writes a model folder as Hugging Face lays it out, in shards of bounded size under an index; one shard is a plain
 * {@code model.safetensors}. Which tensor goes where depends on nothing but the tensors and the bound. Bytes may come in
 * any order, in pieces and from several threads.
 */
public final class ShardedWriter implements AutoCloseable {
    private final Path folder;
    private final SequencedMap<String, SafetensorsWriter> writers = new LinkedHashMap<>();
    private final CheckpointIndex index;
    private final long totalSize;
    private boolean finished;

    private ShardedWriter(Path folder, CheckpointIndex index, long totalSize) {
        this.folder = folder;
        this.index = index;
        this.totalSize = totalSize;
    }

    /**
     * Creates the files of a checkpoint.
     *
     * @param folder where none of the files must exist
     * @param tensors filled into shards in this order; tensors used together should stand together
     * @param metadata strings for each file's {@code __metadata__}
     * @param maxShardBytes most bytes of tensors in a shard; a larger tensor has a shard of its own
     * @throws ArtifactException when a name comes twice
     */
    public static ShardedWriter create(
            Path folder, List<TensorInfo> tensors, Map<String, String> metadata, long maxShardBytes)
            throws IOException {
        List<List<TensorInfo>> shards = split(tensors, maxShardBytes);
        TreeMap<String, String> files = new TreeMap<>();
        for (int i = 0; i < shards.size(); i++) {
            for (TensorInfo tensor : shards.get(i)) {
                if (files.put(tensor.name(), fileName(i, shards.size())) != null) {
                    throw new ArtifactException(null, tensor.name(), "is to be written twice");
                }
            }
        }
        long total = tensors.stream().mapToLong(TensorInfo::byteSize).sum();
        ShardedWriter writer = new ShardedWriter(folder, new CheckpointIndex(files), total);
        try {
            for (int i = 0; i < shards.size(); i++) {
                String name = fileName(i, shards.size());
                writer.writers.put(name, SafetensorsWriter.create(folder.resolve(name), shards.get(i), metadata));
            }
            return writer;
        } catch (IOException | RuntimeException e) {
            writer.close();
            throw e;
        }
    }

    private static List<List<TensorInfo>> split(List<TensorInfo> tensors, long maxShardBytes) {
        List<List<TensorInfo>> shards = new ArrayList<>();
        List<TensorInfo> shard = new ArrayList<>();
        long size = 0;
        for (TensorInfo tensor : tensors) {
            if (!shard.isEmpty() && tensor.byteSize() > maxShardBytes - size) {
                shards.add(shard);
                shard = new ArrayList<>();
                size = 0;
            }
            shard.add(tensor);
            size += tensor.byteSize();
        }
        shards.add(shard);
        return shards;
    }

    private static String fileName(int shard, int shards) {
        return shards == 1
                ? Checkpoint.SINGLE
                : String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", shard + 1, shards);
    }

    /** The files, in the order of their tensors. */
    public List<String> files() {
        return List.copyOf(writers.keySet());
    }

    /**
     * Writes some bytes of a tensor; each byte is to be written once. Safe to call from several threads.
     *
     * @param offset of the first one in the tensor
     * @param bytes little-endian, row-major
     * @throws ArtifactException when there is no such tensor or the bytes leave it
     */
    public void write(String tensor, long offset, MemorySegment bytes) throws IOException {
        String file = index.files().get(tensor);
        SafetensorsWriter writer = file == null ? null : writers.get(file);
        if (writer == null) {
            throw new ArtifactException(null, tensor, "is not among the tensors of this checkpoint");
        }
        writer.write(tensor, offset, bytes);
    }

    /**
     * Ends the files and writes the index.
     *
     * @throws ArtifactException naming a tensor that was not written whole
     */
    public void finish() throws IOException {
        for (SafetensorsWriter writer : writers.values()) {
            writer.finish();
        }
        if (writers.size() > 1) {
            index.write(folder, totalSize);
        }
        finished = true;
    }

    /** Closes the files; those of a checkpoint that was not finished are deleted. */
    @Override
    public void close() throws IOException {
        for (Map.Entry<String, SafetensorsWriter> writer : writers.entrySet()) {
            writer.getValue().close();
            if (!finished) {
                Files.deleteIfExists(folder.resolve(writer.getKey()));
            }
        }
    }
}
