package dev.steelyard.artifacts.gguf;

import dev.steelyard.artifacts.safetensors.DType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/** What the numbers of a GGUF file become. */
public enum WeightType {
    /**
     * bfloat16, rounded to nearest, ties to even: an error of at most 1/512 of a weight, where 4 bits have made one of up
     * to 1/30 of their group's range. What Llama models are published in; numbers stored so come out as they were.
     */
    BF16(DType.BF16, "bfloat16"),

    /** Every number as it is computed from the file. */
    FP32(DType.F32, "float32");

    private final DType dtype;
    private final String torch;

    WeightType(DType dtype, String torch) {
        this.dtype = dtype;
        this.torch = torch;
    }

    /**
     * "bf16" or "fp32".
     *
     * @throws IllegalArgumentException naming what is expected
     */
    public static WeightType parse(String wire) {
        for (WeightType type : values()) {
            if (type.wire().equals(wire)) {
                return type;
            }
        }
        throw new IllegalArgumentException("'" + wire + "': expected bf16 or fp32");
    }

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    DType dtype() {
        return dtype;
    }

    /** The name that config.json uses. */
    String torch() {
        return torch;
    }

    /** The first numbers of an array as bytes, little-endian. */
    MemorySegment encode(float[] numbers, int count) {
        ByteBuffer bytes = ByteBuffer.allocate(count * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            switch (this) {
                case BF16 -> bytes.putShort(bfloat16(numbers[i]));
                case FP32 -> bytes.putFloat(numbers[i]);
            }
        }
        return MemorySegment.ofArray(bytes.array());
    }

    static short bfloat16(float number) {
        int bits = Float.floatToRawIntBits(number);
        if (Float.isNaN(number)) {
            return (short) ((bits >>> Short.SIZE) | 0x40); // quiet, or a cut could make it infinite
        }
        return (short) ((bits + 0x7fff + ((bits >>> Short.SIZE) & 1)) >>> Short.SIZE);
    }
}
