package dev.steelyard.artifacts.gguf;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedCollection;
import java.util.SequencedMap;

/**
 * One mapped GGUF file. Settings and tensors are views of the mapping: they cost no heap and end with {@link #close()}.
 * Safe to read from several threads.
 */
public final class GgufFile implements AutoCloseable {
    private static final int MAGIC = 0x46554747; // "GGUF", little-endian
    private static final int OLDEST = 2;
    private static final int NEWEST = 3;
    private static final int MAX_ITEMS = 100_000;
    private static final long MAX_HEADER = 100_000_000;

    private static final String ALIGNMENT = "general.alignment";
    private static final int USUAL_ALIGNMENT = 32;
    private static final int MAX_ALIGNMENT = 1 << 16;

    private final String name;
    private final Arena arena;
    private final GgufMetadata metadata;
    private final SequencedMap<String, GgufTensor> tensors = new LinkedHashMap<>();

    private GgufFile(String name, Arena arena, MemorySegment all) throws ArtifactException {
        this.name = name;
        this.arena = arena;
        HeaderReader header = new HeaderReader(name, all.asSlice(0, Math.min(all.byteSize(), MAX_HEADER)));
        checkVersion(header);
        int tensorCount = header.count("number of tensors", MAX_ITEMS);
        metadata = GgufMetadata.read(header, header.count("number of keys", MAX_ITEMS));
        long alignment = metadata.integer(ALIGNMENT, 8, MAX_ALIGNMENT, USUAL_ALIGNMENT);
        if (Long.bitCount(alignment) != 1) {
            throw header.refuse(ALIGNMENT + ": " + alignment + " is no power of two");
        }
        TensorTable table = TensorTable.read(header, tensorCount, alignment);
        long begin = Math.ceilDiv(header.position(), alignment) * alignment;
        MemorySegment data = all.asSlice(Math.min(begin, all.byteSize()));
        table.place(data, alignment).forEach(tensor -> tensors.put(tensor.name(), tensor));
    }

    private static void checkVersion(HeaderReader header) throws ArtifactException {
        if (header.int32("the file's mark") != MAGIC) {
            throw header.refuse("is no GGUF file");
        }
        int version = header.int32("version");
        if (version != 0 && (version & 0xffff) == 0) {
            throw header.refuse("is big-endian; only little-endian files are read");
        }
        if (version < OLDEST || version > NEWEST) {
            throw header.refuse(
                    "has version %s; %d and %d are read".formatted(Integer.toUnsignedString(version), OLDEST, NEWEST));
        }
    }

    /**
     * Maps a file and checks its header.
     *
     * @throws ArtifactException naming file, key or tensor, when the header lies, the file was cut or uses what is not
     *     supported
     */
    @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as the object returned
    public static GgufFile open(Path file) throws IOException {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment all = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
            return new GgufFile(String.valueOf(file.getFileName()), arena, all);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** The file's name, for messages. */
    public String name() {
        return name;
    }

    public GgufMetadata metadata() {
        return metadata;
    }

    /** All tensors in the order of the header. */
    public SequencedCollection<GgufTensor> tensors() {
        return List.copyOf(tensors.values());
    }

    public Optional<GgufTensor> tensor(String tensor) {
        return Optional.ofNullable(tensors.get(tensor));
    }

    @Override
    public void close() {
        arena.close();
    }
}
