package dev.steelyard.artifacts.onnx;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.DType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** A tensor's values as protobuf numbers instead of raw bytes: {@code float_data}, {@code int32_data} and their kin. */
final class TypedData implements OnnxTensor.Source {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int FLOATS = 4;
    private static final int DOUBLES = 10;

    private final String file;
    private final List<MemorySegment> fixed = new ArrayList<>();
    private final List<MemorySegment> packed = new ArrayList<>();
    private final List<Long> single = new ArrayList<>();
    private String tensor = "";
    private DType dtype = DType.F32;

    TypedData(String file) {
        this.file = file;
    }

    /** Notes where the values are that the reader stands at. */
    void add(ProtoReader message) throws ArtifactException {
        boolean isFloating = message.field() == FLOATS || message.field() == DOUBLES;
        if (message.isBytes()) {
            (isFloating ? fixed : packed).add(message.bytes());
        } else if (isFloating) {
            fixed.add(message.fixed());
        } else {
            single.add(message.number());
        }
    }

    void describe(String name, DType type) {
        tensor = name;
        dtype = type;
    }

    /** Numbers of a repeated field, packed or one by one. */
    void readNumbers(ProtoReader message, LongConsumer into) throws ArtifactException {
        if (message.isBytes()) {
            ProtoReader values = message.message();
            while (values.hasMore()) {
                into.accept(values.rawVarint());
            }
        } else {
            into.accept(message.number());
        }
    }

    @Override
    public MemorySegment open() throws IOException {
        if (fixed.size() == 1) {
            return fixed.getFirst(); // little-endian IEEE, as wanted
        }
        if (!fixed.isEmpty()) {
            return joined();
        }
        long count = single.size();
        for (MemorySegment numbers : packed) {
            count += count(numbers);
        }
        MemorySegment values = allocate(count * dtype.bytes());
        Target target = new Target(values, dtype);
        for (long value : single) {
            target.accept(value);
        }
        for (MemorySegment numbers : packed) {
            ProtoReader reader = new ProtoReader(file, numbers);
            while (reader.hasMore()) {
                target.accept(reader.rawVarint());
            }
        }
        return values;
    }

    /** Values in a packed field: each ends with the one byte whose high bit is clear. */
    private static long count(MemorySegment numbers) {
        long count = 0;
        for (long i = 0; i < numbers.byteSize(); i++) {
            if (numbers.get(ValueLayout.JAVA_BYTE, i) >= 0) {
                count++;
            }
        }
        return count;
    }

    private MemorySegment joined() throws ArtifactException {
        MemorySegment all =
                allocate(fixed.stream().mapToLong(MemorySegment::byteSize).sum());
        long position = 0;
        for (MemorySegment part : fixed) {
            MemorySegment.copy(part, 0, all, position, part.byteSize());
            position += part.byteSize();
        }
        return all;
    }

    private MemorySegment allocate(long bytes) throws ArtifactException {
        if (bytes > Integer.MAX_VALUE - 16) {
            throw new ArtifactException(file, tensor, "holds " + bytes + " bytes that are not raw_data; export it raw");
        }
        return MemorySegment.ofArray(new byte[(int) bytes]);
    }

    /** Puts numbers one after the other at the element's width. */
    private static final class Target implements LongConsumer {
        private final MemorySegment values;
        private final int width;
        private long position;

        Target(MemorySegment values, DType dtype) {
            this.values = values;
            this.width = dtype.bytes();
        }

        @Override
        public void accept(long value) {
            switch (width) {
                case Byte.BYTES -> values.set(ValueLayout.JAVA_BYTE, position, (byte) value);
                case Short.BYTES -> values.set(SHORT, position, (short) value);
                case Integer.BYTES -> values.set(INT, position, (int) value);
                default -> values.set(LONG, position, value);
            }
            position += width;
        }
    }
}
