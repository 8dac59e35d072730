package dev.steelyard.artifacts.safetensors;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.Reading;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedCollection;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The tensors of a model folder as Hugging Face lays them out: {@code model.safetensors}, or shards that {@code
 * model.safetensors.index.json} names. All files are mapped. Safe to read from several threads.
 */
public final class Checkpoint implements AutoCloseable {
    public static final String SINGLE = "model.safetensors";

    private final Path folder;
    private final SortedMap<String, SafetensorsFile> files;
    private final SortedMap<String, String> fileOf;

    private Checkpoint(Path folder, SortedMap<String, SafetensorsFile> files, SortedMap<String, String> fileOf) {
        this.folder = folder;
        this.files = files;
        this.fileOf = fileOf;
    }

    /**
     * Maps all files of a folder and checks their headers and the index against them.
     *
     * @throws ArtifactException naming file and tensor
     */
    public static Checkpoint open(Path folder) throws IOException {
        return Reading.in(folder, () -> map(folder, SafetensorsFile::open));
    }

    /** The same with data that can be written: what is put into a segment goes to its file. Headers stay. */
    public static Checkpoint edit(Path folder) throws IOException {
        return Reading.in(folder, () -> map(folder, SafetensorsFile::edit));
    }

    private interface Opening {
        SafetensorsFile open(Path file) throws IOException;
    }

    private static Checkpoint map(Path folder, Opening opening) throws IOException {
        SortedMap<String, SafetensorsFile> files = new TreeMap<>();
        try {
            if (Files.isRegularFile(folder.resolve(SINGLE))) {
                SafetensorsFile single = opening.open(folder.resolve(SINGLE));
                files.put(SINGLE, single);
                SortedMap<String, String> fileOf = new TreeMap<>();
                single.tensors().forEach(t -> fileOf.put(t.name(), SINGLE));
                return new Checkpoint(folder, files, fileOf);
            }
            if (Files.isRegularFile(folder.resolve(CheckpointIndex.FILE))) {
                SortedMap<String, String> fileOf = CheckpointIndex.read(folder).files();
                openShards(folder, opening, fileOf, files);
                return new Checkpoint(folder, files, fileOf);
            }
            throw new ArtifactException("holds neither " + SINGLE + " nor " + CheckpointIndex.FILE
                    + "; weights in other formats, pickles above all, are not read");
        } catch (IOException | RuntimeException e) {
            files.values().forEach(SafetensorsFile::close);
            throw e;
        }
    }

    private static void openShards(
            Path folder, Opening opening, Map<String, String> fileOf, Map<String, SafetensorsFile> files)
            throws IOException {
        for (Map.Entry<String, String> entry : fileOf.entrySet()) {
            String name = entry.getValue();
            if (!files.containsKey(name)) {
                if (!Files.isRegularFile(folder.resolve(name))) {
                    throw new ArtifactException(
                            name, entry.getKey(), CheckpointIndex.FILE + " names this file, but it is missing");
                }
                files.put(name, opening.open(folder.resolve(name)));
            }
            if (files.get(name).tensor(entry.getKey()).isEmpty()) {
                throw new ArtifactException(
                        name, entry.getKey(), CheckpointIndex.FILE + " places it in this file, which does not hold it");
            }
        }
        refuseTensorsInTwoFiles(files);
    }

    private static void refuseTensorsInTwoFiles(Map<String, SafetensorsFile> files) throws ArtifactException {
        Map<String, String> first = new HashMap<>();
        for (Map.Entry<String, SafetensorsFile> file : files.entrySet()) {
            for (TensorInfo tensor : file.getValue().tensors()) {
                String other = first.put(tensor.name(), file.getKey());
                if (other != null) {
                    throw new ArtifactException(file.getKey(), tensor.name(), "is in " + other + " as well");
                }
            }
        }
    }

    /** Names of the files, sorted. */
    public SequencedCollection<String> files() {
        return List.copyOf(files.keySet());
    }

    /** Whether the tensors lie in shards under an index. */
    public boolean isSharded() {
        return !files.containsKey(SINGLE);
    }

    /** Tensors of one file in the order of their bytes; what the index does not name is left out. */
    public SequencedCollection<TensorInfo> tensors(String file) {
        List<TensorInfo> tensors = new ArrayList<>();
        for (TensorInfo tensor : open(file).tensors()) {
            if (file.equals(fileOf.get(tensor.name()))) {
                tensors.add(tensor);
            }
        }
        return tensors;
    }

    /** Names of all tensors, sorted. */
    public SequencedCollection<String> names() {
        return List.copyOf(fileOf.keySet());
    }

    public Optional<TensorInfo> tensor(String tensor) {
        return Optional.ofNullable(fileOf.get(tensor))
                .flatMap(file -> open(file).tensor(tensor));
    }

    /**
     * Name of the file that holds a tensor.
     *
     * @throws ArtifactException when there is no such tensor
     */
    public String fileOf(String tensor) throws ArtifactException {
        String file = fileOf.get(tensor);
        if (file == null) {
            throw refuse(tensor, "no such tensor in the checkpoint");
        }
        return file;
    }

    /** A failure that names a tensor, and its file where there is one: {@code model.safetensors: w: expected …}. */
    public ArtifactException refuse(String tensor, String detail) {
        return new ArtifactException(fileOf.get(tensor), tensor, detail).in(folder);
    }

    /**
     * The bytes of one tensor, little endian, row major; read-only unless opened by {@link #edit}.
     *
     * @throws ArtifactException when there is no such tensor
     */
    public MemorySegment data(String tensor) throws ArtifactException {
        return open(fileOf(tensor)).data(tensor);
    }

    private SafetensorsFile open(String file) {
        SafetensorsFile open = files.get(file);
        if (open == null) {
            throw new IllegalArgumentException("checkpoint has no file '" + file + "'");
        }
        return open;
    }

    @Override
    public void close() {
        files.values().forEach(SafetensorsFile::close);
    }
}
