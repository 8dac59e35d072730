package dev.steelyard.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Tensors from and to memory, all on the CPU. What is made belongs to the innermost open {@link TensorScope}. */
public final class Tensors {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.nativeOrder());
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.nativeOrder());

    private Tensors() {}

    /**
     * A tensor over memory that somebody else owns, row-major, without a copy. The segment must outlive the tensor; a
     * read-only mapping must not be written through it (the process would die). Where the segment is not aligned for
     * the type, which safetensors allows, the tensor is a copy.
     *
     * @throws IllegalArgumentException when the segment is on the Java heap or its size is not that of the shape
     */
    public static Tensor view(MemorySegment segment, ScalarType type, long... shape) {
        long itemSize = torch.elementSize(type);
        long bytes = Math.multiplyExact(Shapes.count(shape), itemSize);
        if (segment.byteSize() != bytes) {
            throw new IllegalArgumentException("%s %s needs %d bytes, the segment has %d"
                    .formatted(type, Arrays.toString(shape), bytes, segment.byteSize()));
        }
        if (!segment.isNative()) {
            throw new IllegalArgumentException("a view needs native memory; copy a heap segment with Tensors.copy");
        }
        if (bytes == 0 || segment.address() % itemSize != 0) {
            return copy(segment, type, shape);
        }
        return torch.from_blob(new SegmentPointer(segment), shape, options(type));
    }

    /** A tensor of its own with the segment's content, row-major. The segment may lie on the Java heap. */
    public static Tensor copy(MemorySegment segment, ScalarType type, long... shape) {
        Tensor tensor = torch.empty(shape, options(type), null);
        segment(tensor).copyFrom(requireSize(segment, tensor));
        return tensor;
    }

    /** A Float tensor with a copy of the values, row-major. */
    public static Tensor of(float[] values, long... shape) {
        return copy(MemorySegment.ofArray(values), ScalarType.Float, shape);
    }

    /** A Double tensor with a copy of the values, row-major. */
    public static Tensor of(double[] values, long... shape) {
        return copy(MemorySegment.ofArray(values), ScalarType.Double, shape);
    }

    /** A Long tensor with a copy of the values, row-major. */
    public static Tensor of(long[] values, long... shape) {
        return copy(MemorySegment.ofArray(values), ScalarType.Long, shape);
    }

    /**
     * The memory of a contiguous CPU tensor. Valid as long as the tensor (or another one over the same storage) lives;
     * writing changes the tensor.
     *
     * @throws IllegalArgumentException when the tensor is not contiguous or not on the CPU
     */
    @SuppressWarnings("restricted")
    public static MemorySegment segment(Tensor tensor) {
        if (!tensor.is_contiguous() || !tensor.is_cpu()) {
            throw new IllegalArgumentException("needs a contiguous tensor on the CPU");
        }
        long bytes = tensor.nbytes();
        if (bytes == 0) {
            return MemorySegment.ofArray(new byte[0]);
        }
        try (Pointer data = tensor.data_ptr()) {
            return MemorySegment.ofAddress(data.address()).reinterpret(bytes);
        }
    }

    /** All elements as float, row-major; other types are converted. */
    public static float[] toFloats(Tensor tensor) {
        try (var _ = TensorScope.open()) {
            return segment(plain(tensor, ScalarType.Float)).toArray(FLOAT);
        }
    }

    /** All elements as double, row-major; other types are converted. */
    public static double[] toDoubles(Tensor tensor) {
        try (var _ = TensorScope.open()) {
            return segment(plain(tensor, ScalarType.Double)).toArray(DOUBLE);
        }
    }

    /** All elements as long, row-major; other types are converted, fractions cut off. */
    public static long[] toLongs(Tensor tensor) {
        try (var _ = TensorScope.open()) {
            return segment(plain(tensor, ScalarType.Long)).toArray(LONG);
        }
    }

    /** Options for a CPU tensor of a type. */
    public static TensorOptions options(ScalarType type) {
        return new TensorOptions(type);
    }

    private static Tensor plain(Tensor tensor, ScalarType type) {
        return tensor.detach().to(type).contiguous();
    }

    private static MemorySegment requireSize(MemorySegment segment, Tensor tensor) {
        if (segment.byteSize() != tensor.nbytes()) {
            throw new IllegalArgumentException("%s needs %d bytes, the segment has %d"
                    .formatted(Arrays.toString(Shapes.of(tensor)), tensor.nbytes(), segment.byteSize()));
        }
        return segment;
    }

    /** Points at a segment without owning it. */
    private static final class SegmentPointer extends Pointer {
        SegmentPointer(MemorySegment segment) {
            super((Pointer) null);
            address = segment.address();
            limit = segment.byteSize();
            capacity = segment.byteSize();
        }
    }
}
