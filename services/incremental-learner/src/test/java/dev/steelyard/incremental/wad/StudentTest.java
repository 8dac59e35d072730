package dev.steelyard.incremental.wad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.artifacts.dataset.ImageShape;
import dev.steelyard.incremental.images.ImageModelConfig;
import dev.steelyard.incremental.wad.StudentBatch.Labelled;
import dev.steelyard.incremental.wad.StudentBatch.Weighed;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.ParamsReader;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.train.Adam;
import dev.steelyard.tensor.train.AdamMoments;
import dev.steelyard.tensor.train.Decay;
import dev.steelyard.tensor.train.ParameterGroup;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class StudentTest {
    private static final ImageShape SHAPE = new ImageShape(1, 8, 8);
    private static final ImageModelConfig CONFIG =
            new ImageModelConfig("conv", List.of(8, 16), "batch", SHAPE, List.of("a", "b", "c"));

    private final Torch engine = Torch.start(2);

    private Student student(String statistics) throws MethodException {
        String json = "{\"student\": {\"statistics\": \"%s\"}}".formatted(statistics);
        WadParams params =
                ParamsReader.of(WadParams.class, ParamsReader.validator()).read(json);
        return new Student(engine, 3, CONFIG, params.student());
    }

    private interface Lesson {
        Tensor loss(Student student, Labelled batch, Weighed pool);
    }

    /** Parameters and running statistics after some steps. */
    private static Map<String, List<Float>> trained(Student student, Lesson lesson) {
        RandomGenerator labelled = new SplittableRandom(1);
        RandomGenerator pool = new SplittableRandom(2);
        try (student;
                Adam adam = new Adam(
                        List.of(ParameterGroup.of(student.store().parameters(), 0)),
                        AdamMoments.defaults(),
                        Decay.DECOUPLED)) {
            for (int step = 0; step < 25; step++) {
                try (var _ = TensorScope.open()) {
                    Labelled batch = new Labelled(pixels(labelled, 6), labels(labelled, 6));
                    Weighed weighed = new Weighed(pixels(pool, 9), labels(pool, 9), new float[9]);
                    adam.clearGradients();
                    lesson.loss(student, batch, weighed).backward();
                    adam.step(5e-3);
                }
            }
            return state(student.store());
        }
    }

    private static Map<String, List<Float>> state(ParameterStore store) {
        Map<String, List<Float>> state = new TreeMap<>();
        store.save().forEach((name, tensor) -> state.put(name, list(Tensors.toFloats(tensor))));
        return state;
    }

    private static List<Float> list(float[] values) {
        return java.util.stream.IntStream.range(0, values.length)
                .mapToObj(i -> values[i])
                .toList();
    }

    private static float[] pixels(RandomGenerator random, int images) {
        float[] pixels = new float[images * SHAPE.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextFloat();
        }
        return pixels;
    }

    private static long[] labels(RandomGenerator random, int images) {
        return random.longs(images, 0, 3).toArray();
    }

    @Test
    void pool_that_counts_nothing_leaves_every_bit_of_the_student_as_it_was() throws Exception {
        var alone = trained(student("labelled"), (student, batch, pool) -> student.loss(batch));

        assertThat(trained(student("labelled"), (student, batch, pool) -> student.loss(batch, pool)))
                .isEqualTo(alone);
        var all = trained(student("all"), (student, batch, pool) -> student.loss(batch, pool));
        assertThat(parameters(all)).isEqualTo(parameters(alone));
        assertThat(all.get("layers.0.norm.running_mean")).isNotEqualTo(alone.get("layers.0.norm.running_mean"));
    }

    private static Map<String, List<Float>> parameters(Map<String, List<Float>> state) {
        return state.entrySet().stream()
                .filter(entry -> entry.getKey().matches(".*(weight|bias)"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Test
    void pool_adds_the_mean_of_weights_times_cross_entropies() throws Exception {
        RandomGenerator random = new SplittableRandom(4);
        Labelled batch = new Labelled(pixels(random, 4), labels(random, 4));
        float[] pool = pixels(random, 3);
        long[] labels = {0, 2, 1};
        try (var _ = TensorScope.open();
                Student student = student("labelled")) {
            double alone = student.loss(batch).item_double();
            double sum = 0;
            for (int i = 0; i < 3; i++) {
                float[] single = new float[3];
                single[i] = 1;
                sum += (i + 1) * (loss(student, batch, pool, labels, single) - alone);
            }

            assertThat(loss(student, batch, pool, labels, new float[] {1, 2, 3}) - alone)
                    .isCloseTo(sum, within(1e-5));
            assertThat(sum).isPositive();
        }
    }

    private static double loss(Student student, Labelled batch, float[] pool, long[] labels, float[] weights) {
        return student.loss(batch, new Weighed(pool, labels, weights)).item_double();
    }

    @Test
    void threshold_learns_from_the_sure_alone() throws Exception {
        RandomGenerator random = new SplittableRandom(4);
        Labelled batch = new Labelled(pixels(random, 4), labels(random, 4));
        Weighed pool = new Weighed(pixels(random, 5), new long[5], new float[5]);
        float[] strong = pixels(random, 5);
        try (var _ = TensorScope.open();
                Student student = student("labelled")) {
            double alone = student.loss(batch).item_double();

            assertThat(student.loss(batch, pool, strong, 1.0).item_double()).isEqualTo(alone);
            assertThat(student.loss(batch, pool, strong, 0.0).item_double()).isGreaterThan(alone);
        }
    }
}
