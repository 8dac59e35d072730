package dev.steelyard.incremental.gacil;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

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
        assertThat(stream.dropped()).hasSize(2); // 6 and 6 classes, rounded down to 5 and 5
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
