package dev.steelyard.tensor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.tensor.ShapeException;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.BatchNorm;
import dev.steelyard.tensor.nn.Layer;
import dev.steelyard.tensor.nn.Linear;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingStateTest {
    private static final Torch ENGINE = Torch.start(2);
    private static final int ITEMS = 90;
    private static final int FEATURES = 6;

    enum Rule {
        SGD,
        ADAM,
        ADAMW,
        SGDP,
        ADAMP;

        Optimizer create(List<Parameter> parameters) {
            var groups = List.of(ParameterGroup.of(parameters, 0.01));
            var projection = Projection.defaults();
            return switch (this) {
                case SGD -> new Sgd(groups, new Momentum(0.9, 0, true), Decay.COUPLED);
                case ADAM -> new Adam(groups, AdamMoments.defaults(), Decay.COUPLED);
                case ADAMW -> new Adam(groups, AdamMoments.defaults(), Decay.DECOUPLED);
                case SGDP -> new SgdP(groups, Momentum.of(0.9), projection);
                case ADAMP -> new AdamP(groups, new AdamMoments(0.9, 0.999, 1e-8, true), projection);
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void run_continued_at_step_25_ends_with_the_bits_of_50_straight(Rule rule, @TempDir Path folder)
            throws IOException, InterruptedException {
        Map<String, float[]> straight;
        try (var run = new Run(rule)) {
            run.steps(0, 50);
            straight = run.weights();
        }
        try (var run = new Run(rule)) {
            run.steps(0, 25);
            run.state.save(folder.resolve("state"), 25);
        }
        try (var run = new Run(rule)) {
            long done = run.state.restore(folder.resolve("state"));
            assertThat(done).isEqualTo(25);
            run.steps(done, 50);

            Map<String, float[]> continued = run.weights();
            assertThat(continued.keySet()).isEqualTo(straight.keySet());
            continued.forEach((name, values) -> assertThat(values).as(name).containsExactly(straight.get(name)));
        }
    }

    @Test
    void continuing_without_the_optimizers_state_would_be_seen(@TempDir Path folder)
            throws IOException, InterruptedException {
        try (var straight = new Run(Rule.ADAMP);
                var forgetful = new Run(Rule.ADAMP)) {
            straight.steps(0, 25);
            straight.state.save(folder.resolve("state"), 25);
            straight.steps(25, 26);
            new TrainingState().with("model", forgetful.store).restore(folder.resolve("state"));
            forgetful.loader.seek(25);
            forgetful.steps(25, 26);

            assertThat(forgetful.weights().get("in.weight"))
                    .isNotEqualTo(straight.weights().get("in.weight"));
        }
    }

    @Test
    void state_carries_the_names_of_pytorch(@TempDir Path folder) throws IOException, InterruptedException {
        try (var run = new Run(Rule.ADAMP);
                var _ = TensorScope.open()) {
            run.steps(0, 3);
            run.state.save(folder.resolve("state"), 3);
            var saved = TensorFile.read(folder.resolve("state"));

            assertThat(saved)
                    .containsKeys(
                            "model/norm.running_mean",
                            "model/norm.num_batches_tracked",
                            "optimizer/in.weight.exp_avg",
                            "optimizer/in.weight.exp_avg_sq",
                            "optimizer/in.weight.step");
            assertThat(value(saved, "optimizer/in.weight.step")).containsExactly(3);
            assertThat(value(saved, "model/norm.num_batches_tracked")).containsExactly(3);
            assertThat(run.optimizer.stateBytes()).isEqualTo(2L * Float.BYTES * (8 * FEATURES + 8 + 8 + 8 + 3 * 8 + 3));
        }
    }

    @Test
    void state_of_other_shapes_is_refused(@TempDir Path folder) throws IOException {
        try (var run = new Run(Rule.ADAMP);
                var _ = TensorScope.open()) {
            run.state.save(folder.resolve("state"), 0);
            var saved = TensorFile.read(folder.resolve("state"));
            saved.put("model/in.weight", torch.zeros(7, FEATURES));
            TensorFile.write(folder.resolve("other"), saved, Map.of());

            assertThatThrownBy(() -> run.state.restore(folder.resolve("other")))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage("in.weight: expected [8, 6], found [7, 6]");
        }
    }

    /** A step makes some 300 KiB of tensors; 1,000 of them would leave 300 MiB behind. */
    @Test
    void resident_memory_stays_flat_over_1000_steps() throws IOException, InterruptedException {
        try (var run = new Run(Rule.ADAMP, 256)) {
            run.steps(0, 200);
            long before = residentBytes();
            run.steps(200, 1200);
            assertThat(residentBytes() - before).isLessThan(40 << 20);
        }
    }

    private static long[] value(Map<String, Tensor> saved, String name) {
        return Tensors.toLongs(Optional.ofNullable(saved.get(name)).orElseThrow());
    }

    private static long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("no VmRSS in /proc/self/status");
    }

    /** A small classifier with batch normalization and dropout on random points. */
    private static final class Run implements AutoCloseable {
        final ParameterStore store = new ParameterStore();
        final RandomTensors random = new RandomTensors(ENGINE, 42);
        final Optimizer optimizer;
        final DataLoader<int[]> loader;
        final TrainingState state;
        private final Layer model;
        private final Schedule schedule = new Schedule.Cosine(45, 0).after(5);

        Run(Rule rule) {
            this(rule, 8);
        }

        Run(Rule rule, long hidden) {
            model = Linear.create(store, "in", random, FEATURES, hidden)
                    .then(BatchNorm.create(store, "norm", hidden))
                    .then((x, phase) -> random.dropout(torch.relu(x), 0.2))
                    .then(Linear.create(store, "out", random, hidden, 3));
            optimizer = rule.create(store.parameters());
            loader = new DataLoader<>(items -> items, new Shuffle(ITEMS, 9), 20, 2);
            state = new TrainingState()
                    .with("model", store)
                    .with("optimizer", optimizer)
                    .with("random", random)
                    .with("data", loader);
        }

        void steps(long from, long to) throws IOException, InterruptedException {
            for (long step = from; step < to; step++) {
                try (var _ = TensorScope.open()) {
                    int[] items = loader.next();
                    Tensor x = Tensors.of(points(items), items.length, FEATURES);
                    Tensor y = Tensors.of(labels(items), items.length);
                    optimizer.clearGradients();
                    torch.cross_entropy_loss(model.forward(x, Phase.TRAINING), y)
                            .backward();
                    Gradients.clip(store.parameters(), 1);
                    optimizer.step(0.05 * schedule.factor(step));
                }
            }
        }

        Map<String, float[]> weights() {
            Map<String, float[]> weights = new LinkedHashMap<>();
            store.save().forEach((name, tensor) -> weights.put(name, Tensors.toFloats(tensor)));
            return weights;
        }

        private static float[] points(int[] items) {
            float[] points = new float[items.length * FEATURES];
            for (int i = 0; i < items.length; i++) {
                RandomGenerator point =
                        RandomGeneratorFactory.of("L64X128MixRandom").create(items[i]);
                for (int j = 0; j < FEATURES; j++) {
                    points[i * FEATURES + j] = point.nextFloat() + (j == items[i] % 3 ? 1 : 0);
                }
            }
            return points;
        }

        private static long[] labels(int[] items) {
            return Arrays.stream(items).mapToLong(item -> item % 3).toArray();
        }

        @Override
        public void close() {
            loader.close();
            optimizer.close();
            random.close();
            store.close();
        }
    }
}
