package dev.steelyard.incremental.gacil;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.steelyard.artifacts.dataset.Labels;
import dev.steelyard.artifacts.dataset.Matrix;
import dev.steelyard.incremental.features.Samples;
import dev.steelyard.method.local.LocalRun;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What makes the method what it is: everything learned in parts equals everything learned at once. */
class AnalyticStateTest {
    private static final int FEATURES = 24;
    private static final int EXPANSION = 96;
    private static final int ROWS = 300;
    private static final int CLASSES = 7;

    @TempDir
    Path folder;

    private TensorScope scope;

    @BeforeEach
    void start() {
        Torch.start(2);
        scope = TensorScope.open();
    }

    @AfterEach
    void end() {
        scope.close();
    }

    /** Random labelled features. */
    private record Data(double[][] x, String[] y) {
        static Data random(long seed) {
            Random random = new Random(seed);
            double[][] x = new double[ROWS][FEATURES];
            String[] y = new String[ROWS];
            for (int i = 0; i < ROWS; i++) {
                Arrays.setAll(x[i], _ -> random.nextGaussian());
                y[i] = "class " + random.nextInt(CLASSES);
            }
            return new Data(x, y);
        }

        Tensor features(List<Integer> rows) {
            return Tensors.of(
                    rows.stream().flatMapToDouble(row -> Arrays.stream(x[row])).toArray(), rows.size(), FEATURES);
        }

        String[] labels(List<Integer> rows) {
            return rows.stream().map(row -> y[row]).toArray(String[]::new);
        }

        void add(AnalyticState state, List<Integer> rows, int sign) {
            state.add(features(rows), labels(rows), sign);
        }
    }

    private static AnalyticState state() {
        return new AnalyticState(RandomBuffer.draw(FEATURES, EXPANSION, new Random(5)));
    }

    private static List<Integer> all() {
        return IntStream.range(0, ROWS).boxed().toList();
    }

    /** W [M, C] with columns in the order of {@code classes}. */
    private static Tensor weight(AnalyticState state, double gamma, List<String> classes) {
        try (Head head = state.head(gamma)) {
            long[] order = classes.stream().mapToLong(head.classes()::indexOf).toArray();
            return head.weight()
                    .index_select(0, Tensors.of(order, order.length))
                    .t()
                    .contiguous();
        }
    }

    /** The joint solution, by an SVD-based solver on the stacked system and not by normal equations. */
    private static Tensor joint(Data data, AnalyticState any, double gamma, List<String> classes) {
        Tensor h = any.buffer().expand(data.features(all()));
        Tensor y = oneHot(data.labels(all()), classes);
        Tensor ridge = torch.eye(EXPANSION, Tensors.options(ScalarType.Double)).mul(new Scalar(Math.sqrt(gamma)));
        Tensor left = torch.cat(new TensorVector(h, ridge), 0);
        Tensor right = torch.cat(
                new TensorVector(
                        y, torch.zeros(new long[] {EXPANSION, classes.size()}, Tensors.options(ScalarType.Double))),
                0);
        return torch.linalg_pinv(left).mm(right);
    }

    private static Tensor oneHot(String[] labels, List<String> classes) {
        double[] y = new double[labels.length * classes.size()];
        for (int i = 0; i < labels.length; i++) {
            y[i * classes.size() + classes.indexOf(labels[i])] = 1;
        }
        return Tensors.of(y, labels.length, classes.size());
    }

    private static double distance(Tensor found, Tensor expected) {
        return found.sub(expected).norm().item_double() / expected.norm().item_double();
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-3, 0.1, 100})
    void any_stream_ends_at_the_joint_solution(double gamma) {
        for (int seed = 0; seed < 20; seed++) {
            try (var _ = TensorScope.open();
                    AnalyticState state = state()) {
                Data data = Data.random(seed);
                Random random = new Random(seed);
                List<Integer> order = new ArrayList<>(all());
                Collections.shuffle(order, random);
                if (seed % 4 == 0) { // tasks of a single class, one after another
                    order.sort((a, b) -> data.y()[a].compareTo(data.y()[b]));
                }
                for (int from = 0; from < ROWS; ) {
                    int size = seed % 5 == 0 ? 1 : 1 + random.nextInt(150); // with batches of one sample
                    List<Integer> batch = order.subList(from, Math.min(from + size, ROWS));
                    data.add(state, batch, 1);
                    from += batch.size();
                }
                List<String> classes = state.classes();

                assertThat(distance(weight(state, gamma, classes), joint(data, state, gamma, classes)))
                        .as("seed " + seed)
                        .isLessThan(1e-10);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-3, 0.1, 100})
    void recursion_is_the_information_form(double gamma) {
        Data data = Data.random(1);
        try (AnalyticState state = state()) {
            data.add(state, all(), 1);
            List<String> classes = state.classes();
            try (var recursion = new Recursion(EXPANSION, 1, gamma)) {
                recursion.widen(classes.size());
                Tensor h = state.buffer().expand(data.features(all()));
                recursion.learn(h, oneHot(data.labels(all()), classes));

                assertThat(distance(recursion.weight(), weight(state, gamma, classes)))
                        .isLessThan(1e-9);
                Tensor shifted = state.gram()
                        .toTensor()
                        .add(torch.eye(EXPANSION, Tensors.options(ScalarType.Double)), new Scalar(gamma));
                Tensor identity = recursion.inverse().mm(shifted);
                assertThat(distance(identity, torch.eye(EXPANSION, Tensors.options(ScalarType.Double))))
                        .isLessThan(1e-8);
            }
        }
    }

    @Test
    void unlearned_is_never_learned() {
        Data data = Data.random(2);
        List<Integer> kept = all().subList(0, 200);
        List<Integer> removed = all().subList(200, ROWS);
        try (AnalyticState state = state();
                AnalyticState never = state()) {
            data.add(state, all(), 1);
            data.add(state, removed, -1);
            data.add(never, kept, 1);

            assertThat(distance(weight(state, 0.1, never.classes()), weight(never, 0.1, never.classes())))
                    .isLessThan(1e-10);
            assertThat(state.counts()).isEqualTo(never.counts());
        }
    }

    @Test
    void class_without_samples_is_never_learned_and_can_be_learned_again() {
        Data data = Data.random(9);
        List<Integer> kept =
                all().stream().filter(row -> !data.y()[row].equals("class 3")).toList();
        List<Integer> removed =
                all().stream().filter(row -> data.y()[row].equals("class 3")).toList();
        try (AnalyticState state = state();
                AnalyticState never = state()) {
            data.add(state, all(), 1);
            List<String> before = state.classes();
            data.add(state, removed.subList(0, 5), -1);
            assertThat(state.classes()).isEqualTo(before);
            data.add(state, removed.subList(5, removed.size()), -1);
            data.add(never, kept, 1);

            assertThat(state.classes()).isEqualTo(never.classes()).doesNotContain("class 3");
            assertThat(state.counts()).isEqualTo(never.counts());
            assertThat(state.count("class 3")).isZero();
            assertThat(distance(weight(state, 0.1, never.classes()), weight(never, 0.1, never.classes())))
                    .isLessThan(1e-10);

            data.add(state, removed, 1);

            assertThat(state.classes()).hasSize(CLASSES).endsWith("class 3");
            assertThat(distance(weight(state, 0.1, before), joint(data, state, 0.1, before)))
                    .isLessThan(1e-10);
        }
    }

    @Test
    void merged_is_learned_together() {
        Data data = Data.random(3);
        List<Integer> some =
                all().stream().filter(row -> !data.y()[row].equals("class 3")).toList();
        List<Integer> others =
                all().stream().filter(row -> data.y()[row].equals("class 3")).toList();
        try (AnalyticState one = state();
                AnalyticState two = state();
                AnalyticState both = state()) {
            data.add(one, some.subList(0, 100), 1);
            data.add(two, others, 1);
            data.add(two, some.subList(100, some.size()), 1);
            one.merge(two);
            data.add(both, all(), 1);

            assertThat(distance(weight(one, 0.1, both.classes()), weight(both, 0.1, both.classes())))
                    .isLessThan(1e-10);
            assertThat(one.count("class 3")).isEqualTo(others.size());
        }
    }

    @Test
    void learning_each_sample_k_times_is_gamma_over_k() {
        Data data = Data.random(4);
        try (AnalyticState thrice = state();
                AnalyticState once = state()) {
            for (int i = 0; i < 3; i++) {
                data.add(thrice, all(), 1);
            }
            data.add(once, all(), 1);

            assertThat(distance(weight(thrice, 100, once.classes()), weight(once, 100.0 / 3, once.classes())))
                    .isLessThan(1e-10);
        }
    }

    @Test
    void parts_of_the_update_are_those_of_the_paper() {
        Data data = Data.random(6);
        List<Integer> first =
                all().stream().filter(row -> !data.y()[row].equals("class 0")).toList();
        List<Integer> second = all();
        double gamma = 0.1;
        try (AnalyticState state = state()) {
            data.add(state, first, 1);
            List<String> exposed = state.classes();
            Tensor before = weight(state, gamma, exposed);
            data.add(state, second, 1);
            List<String> classes = state.classes();
            Tensor h = state.buffer().expand(data.features(second));
            Tensor y = oneHot(data.labels(second), classes);
            Tensor r = state.gram()
                    .toTensor()
                    .add(torch.eye(EXPANSION, Tensors.options(ScalarType.Double)), new Scalar(gamma))
                    .inverse();
            Tensor gain = r.mm(h.t().mm(y)); // [R HᵀȲ | R HᵀỸ]
            Tensor kept = before.sub(r.mm(h.t().mm(h.mm(before))));
            Tensor expected = gain.clone();
            expected.narrow(1, 0, exposed.size()).add_(kept);

            assertThat(classes).hasSize(exposed.size() + 1);
            assertThat(distance(weight(state, gamma, classes), expected)).isLessThan(1e-10);
        }
    }

    @Test
    void a_class_added_late_is_a_class_declared_first() {
        Data data = Data.random(7);
        try (AnalyticState late = state();
                AnalyticState early = state()) {
            for (int i = 0; i < CLASSES; i++) {
                early.column("class " + i);
            }
            data.add(early, all(), 1);
            for (int row : all()) {
                data.add(late, List.of(row), 1);
            }

            assertThat(distance(weight(late, 1, early.classes()), weight(early, 1, early.classes())))
                    .isLessThan(1e-10);
        }
    }

    @Test
    void every_gamma_of_the_choice_is_measured_as_if_it_were_solved_alone() throws Exception {
        Data data = Data.random(8);
        double[] flat = Arrays.stream(data.x()).flatMapToDouble(Arrays::stream).toArray();
        List<String> names = Arrays.stream(data.y()).distinct().sorted().toList();
        Labels labels = new Labels(
                names, Arrays.stream(data.y()).mapToInt(names::indexOf).toArray(), false);
        Samples samples = new Samples(Matrix.of(ROWS, FEATURES, flat), Optional.of(labels), "test", 0);
        try (AnalyticState state = state();
                AnalyticState rest = state()) {
            data.add(state, all(), 1);
            LocalRun job = LocalRun.in(folder);
            GammaChoice choice = new GammaChoice(state, samples, labels, new Random(3));
            List<Integer> fold = Arrays.stream(choice.fold()).boxed().toList();
            data.add(rest, all().stream().filter(row -> !fold.contains(row)).toList(), 1);

            assertThat(fold).hasSize(ROWS / 5).doesNotHaveDuplicates();
            for (GammaChoice.Candidate candidate : choice.measure(job)) {
                Tensor h = rest.buffer().expand(data.features(fold));
                Tensor y = oneHot(data.labels(fold), rest.classes());
                try (Head head = rest.head(candidate.gamma())) {
                    Tensor off = head.scores(h).sub(y);
                    assertThat(candidate.squaredError())
                            .isCloseTo(off.mul(off).sum().item_double() / fold.size(), withinPercentage(1e-4));
                    int[] found = head.predict(h);
                    long right = IntStream.range(0, fold.size())
                            .filter(i -> head.classes().get(found[i]).equals(data.y()[fold.get(i)]))
                            .count();
                    assertThat(candidate.accuracy()).isEqualTo((double) right / fold.size());
                }
            }
            assertThat(job.messages())
                    .containsExactly(
                            "choosing gamma: holding out 60 samples",
                            "choosing gamma: decomposing 96 × 96 sums",
                            "choosing gamma: measured 0 of 60 samples");
            job.cancel();
            assertThatThrownBy(() -> choice.measure(job)).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void many_classes_find_room() {
        try (AnalyticState state = state()) {
            Random random = new Random(1);
            for (int i = 0; i < 40; i++) {
                double[] x = random.doubles(FEATURES, -1, 1).toArray();
                state.add(Tensors.of(x, 1, FEATURES), new String[] {"class " + i}, 1);
            }
            assertThat(state.classes()).hasSize(40);
            assertThat(state.counts()).containsOnly(1);
            try (Head head = state.head(1e-6)) {
                assertThat(head.weight().size(0)).isEqualTo(40);
            }
        }
    }
}
