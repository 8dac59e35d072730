package dev.steelyard.artifacts.safetensors;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.Reading;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedCollection;

/**
 * One mapped safetensors file. Data segments are views of the mapping: reading them costs no heap, and they end with
 * {@link #close()}. Safe to read from several threads.
 */
public final class SafetensorsFile implements AutoCloseable {
    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final String name;
    private final Arena arena;
    private final Header header;
    private final MemorySegment data;

    private SafetensorsFile(Path file, String name, Arena arena, Header header, MemorySegment data) {
        this.file = file;
        this.name = name;
        this.arena = arena;
        this.header = header;
        this.data = data;
    }

    /**
     * Maps a file and checks its header.
     *
     * @throws ArtifactException naming file and tensor, when the header lies or the file was cut
     */
    public static SafetensorsFile open(Path file) throws IOException {
        return Reading.in(file, () -> map(file, MapMode.READ_ONLY, StandardOpenOption.READ));
    }

    /** The same with data that can be written: what is put into a segment goes to the file. The header stays. */
    public static SafetensorsFile edit(Path file) throws IOException {
        return Reading.in(file, () -> map(file, MapMode.READ_WRITE, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as the object returned
    private static SafetensorsFile map(Path file, MapMode mode, OpenOption... options) throws IOException {
        String name = String.valueOf(file.getFileName());
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, options)) {
            long size = channel.size();
            if (size < Long.BYTES) {
                throw new ArtifactException(
                        name, null, "is " + size + " bytes long, too short for a safetensors header");
            }
            MemorySegment all = channel.map(mode, 0, size, arena);
            long length = all.get(LENGTH, 0);
            if (length < 2 || length > Header.MAX_LENGTH) {
                throw new ArtifactException(
                        name,
                        null,
                        "header length " + Long.toUnsignedString(length) + " is outside 2 to " + Header.MAX_LENGTH);
            }
            if (length > size - Long.BYTES) {
                throw new ArtifactException(
                        name, null, "header of " + length + " bytes does not fit a file of " + size + ": truncated?");
            }
            byte[] json = all.asSlice(Long.BYTES, length).toArray(ValueLayout.JAVA_BYTE);
            MemorySegment data = all.asSlice(Long.BYTES + length);
            return new SafetensorsFile(file, name, arena, Header.parse(name, json, data.byteSize()), data);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** The file's name, for messages. */
    public String name() {
        return name;
    }

    /** All tensors in the order of their bytes. */
    public SequencedCollection<TensorInfo> tensors() {
        return header.tensors().values().stream().map(Header.Entry::info).toList();
    }

    public Optional<TensorInfo> tensor(String tensor) {
        return Optional.ofNullable(header.tensors().get(tensor)).map(Header.Entry::info);
    }

    /**
     * The bytes of one tensor, little endian, row major; read-only unless the file was opened by {@link #edit}.
     *
     * @throws ArtifactException when there is no such tensor
     */
    public MemorySegment data(String tensor) throws ArtifactException {
        Header.Entry entry = header.tensors().get(tensor);
        if (entry == null) {
            throw new ArtifactException(name, tensor, "no such tensor").in(file);
        }
        return data.asSlice(entry.begin(), entry.end() - entry.begin());
    }

    /** The {@code __metadata__} strings. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    @Override
    public void close() {
        arena.close();
    }
}
