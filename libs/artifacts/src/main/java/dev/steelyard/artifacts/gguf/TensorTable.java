package dev.steelyard.artifacts.gguf;

import dev.steelyard.artifacts.ArtifactException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a header says of its tensors, and where the bytes of each are. */
final class TensorTable {
    private static final int MAX_NAME = 64;
    private static final int MAX_DIMENSIONS = 4;

    private final HeaderReader header;
    private final List<Entry> entries = new ArrayList<>();

    /**
     * One line of the table.
     *
     * @param begin first byte, counted from where data begins
     * @param size in bytes
     */
    private record Entry(String name, GgmlType type, List<Long> shape, long begin, long size) {}

    private TensorTable(HeaderReader header) {
        this.header = header;
    }

    static TensorTable read(HeaderReader header, int count, long alignment) throws ArtifactException {
        TensorTable table = new TensorTable(header);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < count; i++) {
            Entry entry = table.entry(header.text("name of tensor " + i, MAX_NAME));
            if (!names.add(entry.name)) {
                throw table.refuse(entry.name, "is there twice");
            }
            if (entry.begin < 0 || entry.begin % alignment != 0) {
                throw table.refuse(
                        entry.name,
                        "begins at byte " + Long.toUnsignedString(entry.begin) + ", no multiple of " + alignment);
            }
            table.entries.add(entry);
        }
        return table;
    }

    private Entry entry(String name) throws ArtifactException {
        int dimensions = header.int32(name);
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw refuse(name, Integer.toUnsignedString(dimensions) + " dimensions; expected 1 to " + MAX_DIMENSIONS);
        }
        List<Long> shape = new ArrayList<>();
        for (int i = 0; i < dimensions; i++) {
            long size = header.int64(name);
            if (size < 0) {
                throw refuse(name, "a dimension of " + Long.toUnsignedString(size));
            }
            shape.addFirst(size);
        }
        int code = header.int32(name);
        GgmlType type = GgmlType.of(code)
                .orElseThrow(() -> refuse(name, "type " + Integer.toUnsignedString(code) + " is not supported"));
        return new Entry(name, type, List.copyOf(shape), header.int64(name), size(name, type, shape));
    }

    private long size(String name, GgmlType type, List<Long> shape) throws ArtifactException {
        if (shape.getLast() % type.blockElements() != 0) {
            throw refuse(name, "rows of %d are no whole blocks of %d".formatted(shape.getLast(), type.blockElements()));
        }
        try {
            long elements = shape.stream().reduce(1L, Math::multiplyExact);
            return Math.multiplyExact(elements / type.blockElements(), (long) type.blockBytes());
        } catch (ArithmeticException e) {
            throw refuse(name, type + " " + shape + " is too large");
        }
    }

    /**
     * The tensors, in the order of the table.
     *
     * @param data of the file, from the first tensor on
     * @throws ArtifactException when tensors overlap, leave holes or end elsewhere than the file
     */
    List<GgufTensor> place(MemorySegment data, long alignment) throws ArtifactException {
        long end = 0;
        String before = "";
        for (Entry entry :
                entries.stream().sorted(Comparator.comparingLong(Entry::begin)).toList()) {
            long next = Math.ceilDiv(end, alignment) * alignment;
            if (entry.begin < end) {
                throw refuse(
                        entry.name,
                        "begins at byte %d, inside %s, which ends at %d".formatted(entry.begin, before, end));
            }
            if (entry.begin > next) {
                throw refuse(entry.name, "begins at byte %d, leaving a hole after byte %d".formatted(entry.begin, end));
            }
            if (entry.size > data.byteSize() - entry.begin) {
                throw refuse(
                        entry.name,
                        "takes %d bytes at byte %d, but the file holds %d bytes of data: truncated?"
                                .formatted(entry.size, entry.begin, data.byteSize()));
            }
            end = entry.begin + entry.size;
            before = entry.name;
        }
        if (data.byteSize() - end >= alignment) {
            throw header.refuse("holds %d bytes of data, but its tensors take %d".formatted(data.byteSize(), end));
        }
        return entries.stream()
                .map(e -> new GgufTensor(e.name, e.type, e.shape, data.asSlice(e.begin, e.size)))
                .toList();
    }

    private ArtifactException refuse(String tensor, String detail) {
        return new ArtifactException(header.file(), tensor, detail);
    }
}
