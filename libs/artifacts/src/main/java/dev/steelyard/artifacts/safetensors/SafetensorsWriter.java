package dev.steelyard.artifacts.safetensors;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes one safetensors file whose tensors are known beforehand. Their bytes may come in any order, in pieces and from
 * several threads, so that a file larger than memory is written as it is computed. The result is byte for byte what the
 * reference implementation writes for the same tensors and metadata: larger elements first, then by name.
 *
 * <pre>{@code
 * try (var writer = SafetensorsWriter.create(file, tensors, Map.of("format", "pt"))) {
 *     writer.write("a.weight", 0, bytes);
 *     writer.finish();
 * }
 * }</pre>
 */
public final class SafetensorsWriter implements AutoCloseable {
    /** A heap buffer is copied to native memory by the channel, whole: better piece by piece. */
    private static final long PIECE = 1 << 20;

    private static final Comparator<TensorInfo> ORDER =
            Comparator.comparing(TensorInfo::dtype).reversed().thenComparing(TensorInfo::name);

    private final Path file;
    private final FileChannel channel;
    private final Map<String, Slot> slots = new HashMap<>();
    private boolean finished;

    /** Where a tensor's bytes go and how many came. */
    private record Slot(long position, long size, AtomicLong written) {}

    private SafetensorsWriter(Path file, FileChannel channel, List<TensorInfo> tensors, long begin)
            throws ArtifactException {
        this.file = file;
        this.channel = channel;
        long position = begin;
        for (TensorInfo tensor : tensors) {
            var slot = new Slot(position, tensor.byteSize(), new AtomicLong());
            if (tensor.name().equals(Header.METADATA)) {
                throw new ArtifactException(name(), tensor.name(), "is no name for a tensor");
            }
            if (slots.put(tensor.name(), slot) != null) {
                throw new ArtifactException(name(), tensor.name(), "is to be written twice");
            }
            position += tensor.byteSize();
        }
    }

    /**
     * Creates a file and writes its header.
     *
     * @param file must not exist
     * @param tensors in any order
     * @param metadata strings for {@code __metadata__}; readers of PyTorch models expect {@code format: pt}
     * @throws ArtifactException when a name comes twice
     */
    @SuppressWarnings("MustBeClosedChecker") // the channel lives as long as the object returned
    public static SafetensorsWriter create(Path file, List<TensorInfo> tensors, Map<String, String> metadata)
            throws IOException {
        List<TensorInfo> ordered = tensors.stream().sorted(ORDER).toList();
        ByteBuffer header = HeaderWriter.write(ordered, metadata);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            var writer = new SafetensorsWriter(file, channel, ordered, header.remaining());
            writer.write(header, 0);
            return writer;
        } catch (IOException | RuntimeException e) {
            channel.close();
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /**
     * Writes some bytes of a tensor; each byte is to be written once. Safe to call from several threads.
     *
     * @param offset of the first one in the tensor
     * @param bytes little-endian, row-major
     * @throws ArtifactException when there is no such tensor or the bytes leave it
     */
    public void write(String tensor, long offset, MemorySegment bytes) throws IOException {
        Slot slot = slots.get(tensor);
        if (slot == null) {
            throw new ArtifactException(name(), tensor, "is not among the tensors of this file");
        }
        long size = bytes.byteSize();
        if (offset < 0 || offset > slot.size || size > slot.size - offset) {
            throw new ArtifactException(
                    name(), tensor, "%d bytes at %d leave a tensor of %d".formatted(size, offset, slot.size));
        }
        for (long done = 0; done < size; done += PIECE) {
            MemorySegment piece = bytes.asSlice(done, Math.min(PIECE, size - done));
            write(buffer(piece), slot.position + offset + done);
        }
        slot.written.addAndGet(size);
    }

    /** Memory on the heap may be an array of any kind. */
    private static ByteBuffer buffer(MemorySegment piece) {
        return piece.isNative() ? piece.asByteBuffer() : ByteBuffer.wrap(piece.toArray(ValueLayout.JAVA_BYTE));
    }

    private void write(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /**
     * Ends the file.
     *
     * @throws ArtifactException naming a tensor that was not written whole
     */
    public void finish() throws IOException {
        for (Map.Entry<String, Slot> entry : slots.entrySet()) {
            long written = entry.getValue().written.get();
            if (written != entry.getValue().size) {
                throw new ArtifactException(
                        name(), entry.getKey(), "%d of %d bytes written".formatted(written, entry.getValue().size));
            }
        }
        finished = true;
    }

    private String name() {
        return String.valueOf(file.getFileName());
    }

    /** Closes the file; one that was not finished is deleted. */
    @Override
    public void close() throws IOException {
        channel.close();
        if (!finished) {
            Files.deleteIfExists(file);
        }
    }
}
