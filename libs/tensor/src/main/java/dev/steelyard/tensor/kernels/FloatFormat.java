package dev.steelyard.tensor.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** How a floating-point number is stored, little-endian. Rounding is to nearest, ties to even. */
public enum FloatFormat {
    F32(4),
    F16(2),
    BF16(2);

    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int bytes;

    FloatFormat(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one number. */
    public int bytes() {
        return bytes;
    }

    /** The nearest number this format can hold; beyond its range, an infinity. */
    public float round(float value) {
        return switch (this) {
            case F32 -> value;
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(value));
            case BF16 -> fromBf16(toBf16(value));
        };
    }

    /** Stores one number, rounded. */
    public void set(MemorySegment segment, long offset, float value) {
        switch (this) {
            case F32 -> segment.set(FLOAT, offset, value);
            case F16 -> segment.set(SHORT, offset, Float.floatToFloat16(value));
            case BF16 -> segment.set(SHORT, offset, toBf16(value));
        }
    }

    /** Reads one number. */
    public float get(MemorySegment segment, long offset) {
        return switch (this) {
            case F32 -> segment.get(FLOAT, offset);
            case F16 -> Float.float16ToFloat(segment.get(SHORT, offset));
            case BF16 -> fromBf16(segment.get(SHORT, offset));
        };
    }

    static float fromBf16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }
}
