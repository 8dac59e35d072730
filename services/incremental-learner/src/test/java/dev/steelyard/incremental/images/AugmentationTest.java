package dev.steelyard.incremental.images;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.artifacts.dataset.ImageShape;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AugmentationTest {
    private static final ImageShape SHAPE = new ImageShape(1, 3, 3);
    private static final int[] IMAGES = IntStream.range(0, 400).toArray();

    /** Every image is 1 … 9, row by row. */
    private static ImageBatch batch() {
        float[] pixels = new float[IMAGES.length * SHAPE.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = 1 + i % SHAPE.size();
        }
        return new ImageBatch(pixels, new long[IMAGES.length]);
    }

    private static Set<List<Float>> kinds(Augmentation augmentation) {
        float[] changed = augmentation.of(batch(), SHAPE, IMAGES, 1).pixels();
        Set<List<Float>> kinds = new HashSet<>();
        for (int image = 0; image < IMAGES.length; image++) {
            int at = image * SHAPE.size();
            kinds.add(IntStream.range(at, at + SHAPE.size())
                    .mapToObj(i -> changed[i])
                    .toList());
        }
        return kinds;
    }

    @Test
    void mirror_swaps_some_images_left_to_right() {
        assertThat(kinds(new Augmentation(0, true)))
                .containsExactlyInAnyOrder(
                        List.of(1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f), List.of(3f, 2f, 1f, 6f, 5f, 4f, 9f, 8f, 7f));
    }

    @Test
    void shift_moves_in_both_directions_and_fills_up_with_zeros() {
        assertThat(kinds(new Augmentation(1, false)))
                .hasSize(9)
                .contains(
                        List.of(1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f),
                        List.of(0f, 0f, 0f, 1f, 2f, 3f, 4f, 5f, 6f),
                        List.of(2f, 3f, 0f, 5f, 6f, 0f, 8f, 9f, 0f),
                        List.of(0f, 0f, 0f, 0f, 1f, 2f, 0f, 4f, 5f));
        assertThat(kinds(new Augmentation(1, true))).hasSize(18);
    }

    @Test
    void same_batch_is_changed_the_same_way_and_another_order_another_way() {
        var augmentation = new Augmentation(1, true);
        float[] first = augmentation.of(batch(), SHAPE, IMAGES, 1).pixels();
        int[] turned = IntStream.range(0, 400).map(i -> 399 - i).toArray();

        assertThat(augmentation.of(batch(), SHAPE, IMAGES, 1).pixels()).containsExactly(first);
        assertThat(augmentation.of(batch(), SHAPE, IMAGES, 2).pixels()).isNotEqualTo(first);
        assertThat(augmentation.of(batch(), SHAPE, turned, 1).pixels()).isNotEqualTo(first);
        ImageBatch same = batch();
        assertThat(new Augmentation(0, false).of(same, SHAPE, IMAGES, 1)).isSameAs(same);
    }
}
