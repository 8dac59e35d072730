package dev.steelyard.incremental.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.incremental.GreyImages;
import dev.steelyard.method.MethodException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageSplitTest {
    @TempDir
    Path folder;

    /** Images of one grey value each, from {@code first} on. */
    private void draw(String part, List<String> classes, int each, int first) throws IOException {
        int grey = first;
        for (String label : classes) {
            for (int i = 0; i < each; i++) {
                GreyImages.draw(folder.resolve(part).resolve(label), String.valueOf(i), 2, grey++);
            }
        }
    }

    private static int[] greys(ImageSet images) {
        float[] pixels = images.pixels(IntStream.range(0, images.size()).toArray());
        return IntStream.range(0, images.size())
                .map(i -> Math.round(255 * pixels[4 * i]))
                .sorted()
                .toArray();
    }

    @Test
    void own_test_part_is_kept_apart() throws IOException, MethodException {
        draw("train", List.of("a", "b"), 10, 0);
        draw("test", List.of("a", "b"), 3, 100);

        ImageSplit whole = ImageSplit.of(folder, 0.5, 0, 5, new Random(1));
        ImageSplit part = ImageSplit.of(folder, 0.5, 12, 5, new Random(1));

        assertThat(greys(whole.test())).containsExactly(100, 101, 102, 103, 104, 105);
        assertThat(greys(whole.train())).containsExactly(IntStream.range(0, 20).toArray());
        assertThat(greys(part.test())).hasSize(6);
        assertThat(greys(part.train())).hasSize(12).doesNotHaveDuplicates();
        assertThat(greys(whole.train())).contains(greys(part.train()));
        assertThatThrownBy(() -> ImageSplit.of(folder, 0.5, 0, 21, new Random(1)))
                .hasMessage("26 images leave 20 to train on and 6 for the test; a batch takes 21");
    }

    @Test
    void test_images_are_cut_off_where_there_is_no_test_part() throws IOException, MethodException {
        draw("", List.of("a", "b"), 10, 0);

        ImageSplit split = ImageSplit.of(folder, 0.25, 0, 5, new Random(1));

        assertThat(split.test().size()).isEqualTo(5);
        assertThat(split.train().size()).isEqualTo(15);
        assertThat(IntStream.concat(IntStream.of(greys(split.train())), IntStream.of(greys(split.test()))))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 20).boxed().toList());
    }

    @Test
    void one_class_alone_to_train_on_is_refused() throws IOException {
        draw("train", List.of("a"), 10, 0);
        assertThatThrownBy(() -> ImageSplit.of(folder.resolve("train"), 0.5, 0, 5, new Random(1)))
                .hasMessage("data: there is one class to train on, a; two or more are needed");

        draw("test", List.of("a", "b"), 3, 100);
        Files.writeString(folder.resolve("labels.json"), "[\"a\", \"b\"]");
        assertThatThrownBy(() -> ImageSplit.of(folder, 0.5, 0, 5, new Random(1)))
                .hasMessage("data: there is one class to train on, a; two or more are needed");
    }

    @Test
    void parts_of_different_classes_are_refused() throws IOException {
        draw("train", List.of("a", "b"), 10, 0);
        draw("test", List.of("a", "c"), 3, 100);

        assertThatThrownBy(() -> ImageSplit.of(folder, 0.5, 0, 5, new Random(1)))
                .hasMessage("data: expected labelled images, of the same classes in both parts");
    }
}
