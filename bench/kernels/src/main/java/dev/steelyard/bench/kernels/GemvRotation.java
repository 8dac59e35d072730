package dev.steelyard.bench.kernels;

import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.kernels.Activations;
import dev.steelyard.tensor.kernels.GemvKernels;
import dev.steelyard.tensor.kernels.GemvTeam;
import dev.steelyard.tensor.kernels.Kernels;
import dev.steelyard.tensor.kernels.PackedMatrix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Matrix–vector products over so many 4096 × 4096 matrices that none is left in a cache when its turn comes again: those
 * of one kind are together larger than four times the last-level cache. Kinds take turns within a round, all on the same
 * number of threads.
 */
public final class GemvRotation {
    private static final int N = 4096;
    private static final int GROUP = 128;
    private static final int ROUNDS = 9;

    private final int threads;
    private final long bytes;

    /**
     * What a run found.
     *
     * @param readGigabytes read bandwidth on the same threads in 10⁹ bytes a second, the best of all rounds
     */
    public record Figures(int threads, double readGigabytes, Timing fp32, Timing int4, Timing int8, Timing torchInt4) {

        /** How many times faster int4 is than libtorch's fp32. */
        public double int4Speedup() {
            return fp32.best() / int4.best();
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d thread(s), read bandwidth %.1f GB/s%n%s%n%s%n%s%n%s%nint4 is %.2f times as fast as libtorch fp32,"
                            + " int8 %.2f times, libtorch int4 %.2f times%n",
                    threads,
                    readGigabytes,
                    fp32,
                    int4,
                    int8,
                    torchInt4,
                    int4Speedup(),
                    fp32.best() / int8.best(),
                    fp32.best() / torchInt4.best());
        }
    }

    /** @param threads each kind uses; what libtorch was started with */
    public GemvRotation(int threads) throws IOException {
        this.threads = threads;
        bytes = 4 * Machine.lastLevelCache() + (16 << 20);
    }

    /** Takes some 8 GB and a minute. */
    public Figures run() throws InterruptedException {
        GemvKernels kernels = Kernels.best().gemv();
        try (Arena arena = Arena.ofShared();
                var team = new GemvTeam(kernels, threads);
                var _ = TensorScope.open()) {
            List<PackedMatrix> int4 = matrices(arena, 4);
            List<PackedMatrix> int8 = matrices(arena, 8);
            MemorySegment floats = arena.allocate(Math.ceilDiv(bytes, 4L * N * N) * 4 * N * N, 64);
            List<Tensor> fp32 = floats(floats);
            var torchInt4 = new TorchInt4(N, N, int4.size());
            var times = new Figures(
                    threads,
                    0,
                    new Timing("libtorch fp32", 4L * N * N),
                    new Timing("int4, groups of 128", int4.getFirst().bytes()),
                    new Timing("int8, groups of 128", int8.getFirst().bytes()),
                    new Timing("libtorch int4, bf16 activations", N * N / 2 + 4L * N * N / GROUP));
            double read = 0;
            for (int round = -1; round < ROUNDS; round++) { // the first one warms up
                boolean counts = round >= 0;
                read = Math.max(read, Machine.readBandwidth(floats, threads));
                record(times.fp32, pass(fp32), counts);
                record(times.int4, pass(team, kernels, int4), counts);
                record(times.torchInt4, torchInt4.pass(), counts);
                record(times.int8, pass(team, kernels, int8), counts);
            }
            return new Figures(threads, read / 1e9, times.fp32, times.int4, times.int8, times.torchInt4);
        }
    }

    private static void record(Timing timing, double millis, boolean counts) {
        if (counts) {
            timing.add(millis);
        }
    }

    private static double pass(List<Tensor> matrices) {
        try (var _ = TensorScope.open()) {
            Tensor x = torch.rand(new long[] {N}, Tensors.options(ScalarType.Float));
            long start = System.nanoTime();
            for (Tensor w : matrices) {
                torch.mv(w, x).close();
            }
            return (System.nanoTime() - start) / 1e6 / matrices.size();
        }
    }

    private static double pass(GemvTeam team, GemvKernels kernels, List<PackedMatrix> matrices) {
        float[] x = new float[N];
        for (int i = 0; i < N; i++) {
            x[i] = (float) Math.sin(i);
        }
        float[] y = new float[N];
        long start = System.nanoTime();
        for (PackedMatrix w : matrices) {
            Activations laidOut = kernels.activations(w.bits(), x); // a new vector each time, as in a model
            team.multiply(w, laidOut, y);
        }
        return (System.nanoTime() - start) / 1e6 / matrices.size();
    }

    private List<PackedMatrix> matrices(Arena arena, int bits) {
        long codeBytes = (long) N * N * bits / 8;
        long scaleBytes = (long) N * N / GROUP * Float.BYTES;
        int count = Math.toIntExact(Math.ceilDiv(bytes, codeBytes + scaleBytes));
        byte[] codes = new byte[(int) codeBytes];
        new Random(bits).nextBytes(codes);
        float[] scales = new float[N * N / GROUP];
        Arrays.fill(scales, 0.01f);
        List<PackedMatrix> matrices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            MemorySegment code = arena.allocate(codeBytes, 64);
            MemorySegment scale = arena.allocate(scaleBytes, 64);
            MemorySegment.copy(codes, 0, code, ValueLayout.JAVA_BYTE, 0, codes.length);
            MemorySegment.copy(scales, 0, scale, ValueLayout.JAVA_FLOAT, 0, scales.length);
            matrices.add(new PackedMatrix(bits, N, N, GROUP, code, scale));
        }
        return matrices;
    }

    private static List<Tensor> floats(MemorySegment memory) {
        float[] values = new float[N * N];
        Random random = new Random(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        List<Tensor> tensors = new ArrayList<>();
        for (long o = 0; o < memory.byteSize(); o += 4L * N * N) {
            MemorySegment matrix = memory.asSlice(o, 4L * N * N);
            MemorySegment.copy(values, 0, matrix, ValueLayout.JAVA_FLOAT, 0, values.length);
            tensors.add(Tensors.view(matrix, ScalarType.Float, N, N));
        }
        return tensors;
    }

    /** Argument: threads to measure with; all cores when there is none. libtorch takes the number at its start only. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int threads = args.length == 0 ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(args[0]);
        Torch.start(threads);
        System.out.println(new GemvRotation(threads).run());
    }
}
