package dev.steelyard.tensor.train;

import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.Shares;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.kernels.DynamicCode;
import dev.steelyard.tensor.kernels.Kernels;
import dev.steelyard.tensor.kernels.MomentKernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
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

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final String CODES = ".codes";
    private static final String SCALES = ".scales";

    private final long[] shape;
    private final int elements;
    private final int blocks;
    private final MomentKernels kernels;
    private final Encoded m;
    private final Encoded v;

    /** @param codes Byte [elements]; scales Float [blocks] */
    private record Encoded(DynamicCode code, Tensor codes, Tensor scales) {
        static Encoded zeros(DynamicCode code, TensorOwner owner, long elements, long blocks) {
            try (var _ = TensorScope.open()) {
                Tensor codes = torch.full(
                        new long[] {elements}, new Scalar((long) code.zero()), Tensors.options(ScalarType.Byte));
                return new Encoded(code, owner.own(codes), owner.own(torch.zeros(blocks)));
            }
        }

        long bytes() {
            return codes.nbytes() + scales.nbytes();
        }
    }

    EightBitMoments(TensorOwner owner, long... shape) {
        this(owner, Kernels.best().moments(), shape);
    }

    EightBitMoments(TensorOwner owner, MomentKernels kernels, long... shape) {
        this.shape = shape.clone();
        this.elements = Math.toIntExact(Shapes.count(shape));
        this.blocks = (elements + BLOCK - 1) / BLOCK;
        this.kernels = kernels;
        this.m = Encoded.zeros(DynamicCode.SIGNED, owner, elements, blocks);
        this.v = Encoded.zeros(DynamicCode.UNSIGNED, owner, elements, blocks);
    }

    @Override
    public Tensor direction(Tensor g, AdamMoments rule) {
        Tensor gradient = g.to(ScalarType.Float).contiguous();
        Tensor direction = torch.empty(shape);
        MemorySegment from = Tensors.segment(gradient);
        MemorySegment to = Tensors.segment(direction);
        Memory first = new Memory(m);
        Memory second = new Memory(v);
        var how = new MomentKernels.Rule(
                (float) rule.beta1(),
                (float) (1 - rule.beta1()),
                (float) rule.beta2(),
                (float) (1 - rule.beta2()),
                (float) rule.epsilon());
        byBlocks((block, floats) -> {
            long at = (long) from(block) * Float.BYTES;
            int length = length(block);
            MemorySegment.copy(from, FLOAT, at, floats.g, 0, length);
            first.decode(block, floats, floats.m);
            second.decode(block, floats, floats.v);
            kernels.advance(how, floats.g, floats.m, floats.v, length);
            first.encode(block, floats, floats.m);
            second.encode(block, floats, floats.v);
            MemorySegment.copy(floats.g, 0, to, FLOAT, at, length);
        });
        return direction;
    }

    private static int from(int block) {
        return block * BLOCK;
    }

    private int length(int block) {
        return Math.min(BLOCK, elements - from(block));
    }

    /** A block on the heap. */
    private static final class Floats {
        final float[] g = new float[BLOCK];
        final float[] m = new float[BLOCK];
        final float[] v = new float[BLOCK];
        final byte[] codes = new byte[BLOCK];
    }

    private interface OfBlock {
        void run(int block, Floats floats);
    }

    /** Blocks do not depend on one another, so the result does not depend on threads. */
    private void byBlocks(OfBlock each) {
        Shares.of(blocks, 2L * blocks * BLOCK, (from, to) -> {
            Floats floats = new Floats();
            for (int block = from; block < to; block++) {
                each.run(block, floats);
            }
        });
    }

    /** Where codes and scales lie. */
    private final class Memory {
        private final DynamicCode code;
        private final MemorySegment codes;
        private final MemorySegment scales;

        Memory(Encoded encoded) {
            code = encoded.code;
            codes = Tensors.segment(encoded.codes);
            scales = Tensors.segment(encoded.scales);
        }

        void decode(int block, Floats floats, float[] into) {
            int length = length(block);
            MemorySegment.copy(codes, BYTE, from(block), floats.codes, 0, length);
            kernels.decode(code, floats.codes, scales.get(FLOAT, (long) block * Float.BYTES), length, into);
        }

        void encode(int block, Floats floats, float[] values) {
            int length = length(block);
            scales.set(FLOAT, (long) block * Float.BYTES, kernels.encode(code, values, length, floats.codes));
            MemorySegment.copy(floats.codes, 0, codes, BYTE, from(block), length);
        }
    }

    @Override
    public Tensor first() {
        Tensor decoded = torch.empty(shape);
        MemorySegment into = Tensors.segment(decoded);
        Memory memory = new Memory(m);
        byBlocks((block, floats) -> {
            memory.decode(block, floats, floats.m);
            MemorySegment.copy(floats.m, 0, into, FLOAT, (long) from(block) * Float.BYTES, length(block));
        });
        return decoded;
    }

    @Override
    public void first(Tensor moments) {
        Tensor plain = moments.to(ScalarType.Float).contiguous();
        MemorySegment from = Tensors.segment(plain);
        Memory memory = new Memory(m);
        byBlocks((block, floats) -> {
            MemorySegment.copy(from, FLOAT, (long) from(block) * Float.BYTES, floats.m, 0, length(block));
            memory.encode(block, floats, floats.m);
        });
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
