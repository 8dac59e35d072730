package dev.steelyard.tensor.train;

import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Moments in 8 bits, 2 bytes an element and 8 a block of 256: each is the nearest number of a {@link DynamicCode} times
 * the block's largest (Dettmers et al., arXiv:2110.02861). A step decodes, updates and encodes block by block; its
 * direction is that of the values before they are rounded. A second moment above 0 never becomes 0, which would make the
 * next direction huge.
 */
final class EightBitMoments implements MomentPair {
    static final int BLOCK = 256;

    private static final int LEAST_PARALLEL = 64;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final String CODES = ".codes";
    private static final String SCALES = ".scales";

    private final long[] shape;
    private final int elements;
    private final int blocks;
    private final Encoded m;
    private final Encoded v;

    /** @param codes Byte [elements]; scales Float [blocks] */
    private record Encoded(DynamicCode code, Tensor codes, Tensor scales) {
        static Encoded zeros(DynamicCode code, TensorOwner owner, long elements, long blocks) {
            try (var _ = TensorScope.open()) {
                Tensor codes = torch.full(
                        new long[] {elements}, new Scalar((long) code.nearest(0)), Tensors.options(ScalarType.Byte));
                return new Encoded(code, owner.own(codes), owner.own(torch.zeros(blocks)));
            }
        }

        long bytes() {
            return codes.nbytes() + scales.nbytes();
        }
    }

    EightBitMoments(TensorOwner owner, long... shape) {
        this.shape = shape.clone();
        this.elements = Math.toIntExact(Shapes.count(shape));
        this.blocks = (elements + BLOCK - 1) / BLOCK;
        this.m = Encoded.zeros(DynamicCode.SIGNED, owner, elements, blocks);
        this.v = Encoded.zeros(DynamicCode.UNSIGNED, owner, elements, blocks);
    }

    @Override
    public Tensor direction(Tensor g, AdamMoments rule) {
        Tensor gradient = g.to(ScalarType.Float).contiguous();
        Tensor direction = torch.empty(shape);
        var pass = new Pass(rule, Tensors.segment(gradient), Tensors.segment(direction), new Memory(m), new Memory(v));
        byBlocks(block -> pass.run(block, from(block), length(block)));
        return direction;
    }

    private int from(int block) {
        return block * BLOCK;
    }

    private int length(int block) {
        return Math.min(BLOCK, elements - from(block));
    }

    private interface OfBlock {
        void run(int block);
    }

    /** Blocks do not depend on one another, so the result does not depend on threads. */
    private void byBlocks(OfBlock each) {
        if (blocks < LEAST_PARALLEL || torch.get_num_threads() == 1) {
            for (int block = 0; block < blocks; block++) {
                each.run(block);
            }
            return;
        }
        int parts = torch.get_num_threads();
        IntStream.range(0, parts).parallel().forEach(part -> {
            int end = (int) ((long) blocks * (part + 1) / parts);
            for (int block = (int) ((long) blocks * part / parts); block < end; block++) {
                each.run(block);
            }
        });
    }

    /** Where codes and scales lie. */
    private record Memory(DynamicCode code, MemorySegment codes, MemorySegment scales) {
        Memory(Encoded encoded) {
            this(encoded.code, Tensors.segment(encoded.codes), Tensors.segment(encoded.scales));
        }

        void decode(int block, int from, int length, float[] into) {
            float scale = scales.get(FLOAT, (long) block * Float.BYTES);
            for (int i = 0; i < length; i++) {
                into[i] = code.value(Byte.toUnsignedInt(codes.get(BYTE, (long) from + i))) * scale;
            }
        }

        void encode(int block, int from, int length, float[] values) {
            float scale = 0;
            for (int i = 0; i < length; i++) {
                scale = Math.max(scale, Math.abs(values[i]));
            }
            scales.set(FLOAT, (long) block * Float.BYTES, scale);
            for (int i = 0; i < length; i++) {
                int nearest = code.nearest(scale == 0 ? 0 : values[i] / scale);
                boolean vanishes = !code.signed() && nearest == 0 && values[i] > 0;
                codes.set(BYTE, (long) from + i, (byte) (vanishes ? 1 : nearest));
            }
        }
    }

    private record Pass(AdamMoments rule, MemorySegment g, MemorySegment direction, Memory m, Memory v) {
        void run(int block, int from, int length) {
            float[] first = new float[length];
            float[] second = new float[length];
            m.decode(block, from, length, first);
            v.decode(block, from, length, second);
            float beta1 = (float) rule.beta1();
            float beta2 = (float) rule.beta2();
            float rest1 = (float) (1 - rule.beta1());
            float rest2 = (float) (1 - rule.beta2());
            float epsilon = (float) rule.epsilon();
            for (int i = 0; i < length; i++) {
                long at = (long) (from + i) * Float.BYTES;
                float gradient = g.get(FLOAT, at);
                first[i] = beta1 * first[i] + rest1 * gradient;
                second[i] = beta2 * second[i] + rest2 * gradient * gradient;
                direction.set(FLOAT, at, first[i] / ((float) Math.sqrt(second[i]) + epsilon));
            }
            m.encode(block, from, length, first);
            v.encode(block, from, length, second);
        }
    }

    @Override
    public Tensor first() {
        Tensor decoded = torch.empty(shape);
        MemorySegment into = Tensors.segment(decoded);
        Memory memory = new Memory(m);
        float[] values = new float[BLOCK];
        for (int block = 0; block < blocks; block++) {
            memory.decode(block, from(block), length(block), values);
            MemorySegment.copy(values, 0, into, FLOAT, (long) from(block) * Float.BYTES, length(block));
        }
        return decoded;
    }

    @Override
    public void first(Tensor moments) {
        MemorySegment from = Tensors.segment(moments.to(ScalarType.Float).contiguous());
        Memory memory = new Memory(m);
        float[] values = new float[BLOCK];
        for (int block = 0; block < blocks; block++) {
            MemorySegment.copy(from, FLOAT, (long) from(block) * Float.BYTES, values, 0, length(block));
            memory.encode(block, from(block), length(block), values);
        }
    }

    @Override
    public void clear() {
        m.scales.zero_();
        v.scales.zero_();
    }

    @Override
    public void save(String prefix, Map<String, Tensor> into) {
        save(prefix + AdamMoments.FIRST, m, into);
        save(prefix + AdamMoments.SECOND, v, into);
    }

    private static void save(String name, Encoded encoded, Map<String, Tensor> into) {
        into.put(name + CODES, encoded.codes);
        into.put(name + SCALES, encoded.scales);
    }

    @Override
    public int restore(String prefix, Map<String, Tensor> state) {
        return restore(prefix + AdamMoments.FIRST, m, state) + restore(prefix + AdamMoments.SECOND, v, state);
    }

    private static int restore(String name, Encoded encoded, Map<String, Tensor> state) {
        encoded.codes.copy_(Slot.entry(state, name + CODES, Shapes.of(encoded.codes)));
        encoded.scales.copy_(Slot.entry(state, name + SCALES, Shapes.of(encoded.scales)));
        return 2;
    }

    @Override
    public long bytes() {
        return m.bytes() + v.bytes();
    }
}
