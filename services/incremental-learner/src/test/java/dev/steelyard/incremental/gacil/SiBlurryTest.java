package dev.steelyard.incremental.gacil;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.artifacts.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SiBlurryTest {
    private static final int CLASSES = 12;
    private static final int[] LABELS =
            IntStream.range(0, 1200).map(i -> i % CLASSES).toArray();

    @Test
    void every_sample_of_a_kept_class_appears_once() {
        var stream = new SiBlurry(5, 50, 10).cut(LABELS, CLASSES, new Random(3));

        List<Integer> rows =
                stream.tasks().stream().flatMap(t -> Arrays.stream(t).boxed()).toList();
        assertThat(rows).doesNotHaveDuplicates().hasSize(1000);
        assertThat(stream.dropped()).hasSize(2); // 6 rounded down to 5, and the other 7 to 5
        assertThat(rows).noneMatch(row -> stream.dropped().contains(LABELS[row]));
    }

    @Test
    void disjoint_classes_belong_to_one_task_and_blurry_ones_to_many() {
        var all = new SiBlurry(4, 100, 10).cut(LABELS, CLASSES, new Random(1));
        assertThat(tasksOf(all)).allMatch(tasks -> tasks.size() == 1);

        var mixed = new SiBlurry(4, 0, 50).cut(LABELS, CLASSES, new Random(1));
        assertThat(tasksOf(mixed).stream().filter(tasks -> tasks.size() > 1).count())
                .isGreaterThan(6);
    }

    @Test
    void the_same_seed_cuts_the_same_stream() {
        var one = new SiBlurry(5, 50, 10).cut(LABELS, CLASSES, new Random(9));
        var two = new SiBlurry(5, 50, 10).cut(LABELS, CLASSES, new Random(9));
        assertThat(one.tasks()).usingRecursiveComparison().isEqualTo(two.tasks());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 30, 50, 90, 100})
    void no_class_is_left_out_when_tasks_divide_their_number(int disjoint) {
        int[] labels = IntStream.range(0, 1000).map(i -> i % 10).toArray();
        var stream = new SiBlurry(5, disjoint, 10).cut(labels, 10, new Random(3));

        assertThat(stream.dropped()).isEmpty();
        assertThat(stream.tasks().stream().mapToInt(task -> task.length).sum()).isEqualTo(1000);
    }

    @Test
    void all_that_do_not_belong_to_one_task_are_blurry() {
        var stream = new SiBlurry(5, 60, 10).cut(LABELS, CLASSES, new Random(3));

        assertThat(stream.dropped()).hasSize(2); // 7 rounded down to 5, and the other 7 to 5
        assertThat(new SiBlurry(4, 30, 10).cut(LABELS, CLASSES, new Random(3)).dropped())
                .isEmpty(); // 3 rounded down to 0, and all 12
    }

    @ParameterizedTest
    @CsvSource({
        "10, 2333bc32838db54f926ce9ba2e2287867a6fc29d36d12960023ef874e931f163",
        "12, d5a4c132ac7df3023e974fe4b2b6994d3eeb14d3e0bee3d156df9d86345280ee",
        "20, 2f787b6dcfd0a0a435af1dd5c6bec4d199ee215d991136e11f256ce4fef94a81"
    })
    void halves_are_cut_as_they_always_were(int classes, String hash) {
        int[] labels = IntStream.range(0, 1000).map(i -> i % classes).toArray();
        var stream = new SiBlurry(5, 50, 10).cut(labels, classes, new Random(3));

        String rows = stream.tasks().stream().map(Arrays::toString).collect(Collectors.joining("\n"));
        assertThat(Sha256.of(rows.getBytes(StandardCharsets.UTF_8))).isEqualTo(hash);
    }

    private static List<Set<Integer>> tasksOf(SiBlurry.Stream stream) {
        return IntStream.range(0, CLASSES)
                .mapToObj(label -> IntStream.range(0, stream.tasks().size())
                        .filter(task -> Arrays.stream(stream.tasks().get(task)).anyMatch(row -> LABELS[row] == label))
                        .boxed()
                        .collect(Collectors.toCollection(TreeSet::new)))
                .map(tasks -> (Set<Integer>) tasks)
                .toList();
    }
}
