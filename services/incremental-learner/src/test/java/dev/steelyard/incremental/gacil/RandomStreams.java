package dev.steelyard.incremental.gacil;

import dev.steelyard.artifacts.dataset.Dataset;
import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Random streams over some digits, held to joint ridge regression by a pseudo-inverse of the stacked system, which knows
 * neither sums nor Cholesky factors.
 */
final class RandomStreams implements AutoCloseable {
    private static final int SAMPLES = 1200;
    private static final int EXPANSION = 300;
    private static final double GAMMA = 1;

    private final TensorScope scope = TensorScope.open();
    private final ImageSet digits;
    private final int[] chosen;
    private final float[] entries;
    private final Tensor joint; // [M, C]

    RandomStreams(Path folder) throws IOException {
        Torch.start(Runtime.getRuntime().availableProcessors());
        digits = (ImageSet) Dataset.read(folder).all();
        List<Integer> rows = shuffled(IntStream.range(0, digits.size()).toArray(), new Random(1));
        chosen = rows.stream().mapToInt(Integer::intValue).limit(SAMPLES).toArray();
        try (var buffer = RandomBuffer.draw(digits.shape().size(), EXPANSION, new Random(2))) {
            entries = buffer.entries();
            Tensor h = buffer.expand(features(chosen));
            double[] y = new double[SAMPLES * 10];
            for (int i = 0; i < SAMPLES; i++) {
                y[i * 10 + digits.label(chosen[i])] = 1;
            }
            Tensor ridge = torch.eye(EXPANSION, doubles()).mul(new Scalar(Math.sqrt(GAMMA)));
            Tensor left = torch.cat(new TensorVector(h, ridge), 0);
            Tensor right = torch.cat(
                    new TensorVector(Tensors.of(y, SAMPLES, 10), torch.zeros(new long[] {EXPANSION, 10}, doubles())),
                    0);
            joint = torch.linalg_pinv(left).mm(right);
        }
    }

    private static TensorOptions doubles() {
        return Tensors.options(ScalarType.Double);
    }

    /** Relative distance of a stream's head from the joint solution. */
    double distance(int stream) {
        try (var _ = TensorScope.open();
                AnalyticState state =
                        new AnalyticState(new RandomBuffer(digits.shape().size(), EXPANSION, entries.clone()))) {
            for (int[] batch : batches(stream)) {
                state.add(features(batch), names(batch), 1);
            }
            return distance(state);
        }
    }

    /** The same for two halves learned apart and merged. */
    double mergedDistance() {
        try (var _ = TensorScope.open();
                AnalyticState one =
                        new AnalyticState(new RandomBuffer(digits.shape().size(), EXPANSION, entries.clone()));
                AnalyticState two =
                        new AnalyticState(new RandomBuffer(digits.shape().size(), EXPANSION, entries.clone()))) {
            int half = SAMPLES / 3;
            int[] first = Arrays.copyOf(chosen, half);
            int[] second = Arrays.copyOfRange(chosen, half, SAMPLES);
            one.add(features(first), names(first), 1);
            two.add(features(second), names(second), 1);
            one.merge(two);
            return distance(one);
        }
    }

    /** The same when other samples were learned too and unlearned again. */
    double unlearnedDistance() {
        try (var _ = TensorScope.open();
                AnalyticState state =
                        new AnalyticState(new RandomBuffer(digits.shape().size(), EXPANSION, entries.clone()))) {
            int[] others = IntStream.range(0, digits.size())
                    .filter(row -> Arrays.stream(chosen).noneMatch(kept -> kept == row))
                    .limit(SAMPLES)
                    .toArray();
            state.add(features(others), names(others), 1);
            state.add(features(chosen), names(chosen), 1);
            state.add(features(others), names(others), -1);
            return distance(state);
        }
    }

    private double distance(AnalyticState state) {
        try (Head head = state.head(GAMMA)) {
            List<String> classes = digits.classes();
            long[] order = classes.stream().mapToLong(head.classes()::indexOf).toArray();
            Tensor found = head.weight()
                    .index_select(0, Tensors.of(order, order.length))
                    .t();
            return found.sub(joint).norm().item_double() / joint.norm().item_double();
        }
    }

    /**
     * Every fourth stream has batches of one sample; every fourth has tasks of one class; every fourth has tasks of one
     * class in which each class comes back a second time; the others mix everything.
     */
    private List<int[]> batches(int stream) {
        Random random = new Random(100 + stream);
        List<Integer> rows = shuffled(chosen, random);
        if (stream % 4 == 1 || stream % 4 == 2) {
            List<Integer> classes = shuffled(IntStream.range(0, 10).toArray(), random);
            int half = stream % 4 == 2 ? SAMPLES / 2 : SAMPLES;
            List<Integer> again = new ArrayList<>(rows.subList(half, SAMPLES));
            rows = new ArrayList<>(rows.subList(0, half));
            rows.sort((a, b) -> Integer.compare(classes.indexOf(digits.label(a)), classes.indexOf(digits.label(b))));
            again.sort((a, b) -> Integer.compare(classes.indexOf(digits.label(b)), classes.indexOf(digits.label(a))));
            rows.addAll(again);
        }
        List<int[]> batches = new ArrayList<>();
        for (int from = 0; from < SAMPLES; ) {
            int to = Math.min(SAMPLES, from + (stream % 4 == 0 ? 1 : 1 + random.nextInt(200)));
            batches.add(
                    rows.subList(from, to).stream().mapToInt(Integer::intValue).toArray());
            from = to;
        }
        return batches;
    }

    private static List<Integer> shuffled(int[] rows, Random random) {
        List<Integer> list = new ArrayList<>(Arrays.stream(rows).boxed().toList());
        Collections.shuffle(list, random);
        return list;
    }

    private Tensor features(int[] rows) {
        return Tensors.of(digits.pixels(rows), rows.length, digits.shape().size())
                .to(ScalarType.Double);
    }

    private String[] names(int[] rows) {
        return Arrays.stream(rows)
                .mapToObj(row -> digits.classes().get(digits.label(row)))
                .toArray(String[]::new);
    }

    @Override
    public void close() {
        scope.close();
    }
}
