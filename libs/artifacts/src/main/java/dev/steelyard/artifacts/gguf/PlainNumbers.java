package dev.steelyard.artifacts.gguf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers that stand for themselves, little-endian. */
final class PlainNumbers {
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private PlainNumbers() {}

    static void single(byte[] bytes, int at, float[] out, int to) {
        out[to] = Float.intBitsToFloat(int32(bytes, at));
    }

    static void half(byte[] bytes, int at, float[] out, int to) {
        out[to] = float16(bytes, at);
    }

    static void bfloat(byte[] bytes, int at, float[] out, int to) {
        out[to] = Float.intBitsToFloat((short) SHORTS.get(bytes, at) << Short.SIZE);
    }

    static float float16(byte[] bytes, int at) {
        return Float.float16ToFloat((short) SHORTS.get(bytes, at));
    }

    static int int32(byte[] bytes, int at) {
        return (int) INTS.get(bytes, at);
    }
}
