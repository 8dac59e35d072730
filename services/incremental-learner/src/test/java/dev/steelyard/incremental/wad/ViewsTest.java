package dev.steelyard.incremental.wad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.artifacts.dataset.ImageShape;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ViewsTest {
    private static final ImageShape GREY = new ImageShape(1, 12, 16);
    private static final ImageShape COLOUR = new ImageShape(3, 6, 5);

    private static ViewParams nothing() {
        return new ViewParams(1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    private static float[] random(ImageShape shape) {
        RandomGenerator random = new SplittableRandom(9);
        float[] image = new float[shape.size()];
        for (int i = 0; i < image.length; i++) {
            image[i] = random.nextFloat();
        }
        return image;
    }

    private static float[] draw(ViewParams params, ImageShape shape, float[] image, long seed, boolean mirrored) {
        float[] view = new float[shape.size() + 3];
        new Views(params, shape).draw(image, view, 3, new SplittableRandom(seed), mirrored);
        float[] cut = new float[shape.size()];
        System.arraycopy(view, 3, cut, 0, cut.length);
        return cut;
    }

    @Test
    void turned_off_a_view_is_the_image() {
        for (ImageShape shape : new ImageShape[] {GREY, COLOUR}) {
            assertThat(draw(nothing(), shape, random(shape), 1, true)).containsExactly(random(shape));
        }
    }

    @Test
    void mirroring_swaps_left_and_right_where_it_is_allowed() {
        ViewParams mirror = new ViewParams(1, 1, 0, 1, 0, 0, 0, 0, 0, 0);
        float[] image = random(COLOUR);

        float[] view = draw(mirror, COLOUR, image, 1, true);

        for (int row = 0; row < 3 * COLOUR.height(); row++) {
            for (int x = 0; x < COLOUR.width(); x++) {
                assertThat(view[row * 5 + x]).isEqualTo(image[row * 5 + 4 - x], within(1e-6f));
            }
        }
        assertThat(draw(mirror, COLOUR, image, 1, false)).containsExactly(image);
    }

    @Test
    void crop_of_a_slope_is_a_slope_of_the_share_that_it_takes() {
        ViewParams crop = new ViewParams(0.25, 0.25, 0, 0, 0, 0, 0, 0, 0, 0);
        float[] slope = new float[GREY.size()];
        for (int i = 0; i < slope.length; i++) {
            slope[i] = i % GREY.width() * 0.01f + Math.floorDiv(i, GREY.width()) * 0.1f;
        }
        for (long seed = 0; seed < 50; seed++) {
            float[] view = draw(crop, GREY, slope, seed, false);
            // away from edges, where a crop may touch the reflection
            float across = (view[6 * 16 + 9] - view[6 * 16 + 8]) * 100;
            float down = (view[7 * 16 + 8] - view[6 * 16 + 8]) * 10;
            assertThat(across * down).as("area").isEqualTo(0.25f, within(1e-3f));
            assertThat(across * 16 / (down * 12)).as("ratio of sides").isBetween(0.74f, 1.34f);
            assertThat(view[1 * 16 + 8] - view[6 * 16 + 8]).isEqualTo(-5 * down / 10, within(1e-4f));
        }
    }

    @Test
    void rotation_turns_around_the_middle() {
        ImageShape square = new ImageShape(1, 9, 9);
        float[] image = random(square);
        float[] target = new float[81];

        Placement.of(square, 0, -1, 1, 0, 4.5, 4.5).sample(image, target, 0); // by 90°

        for (int y = 0; y < 9; y++) {
            for (int x = 0; x < 9; x++) {
                assertThat(target[y * 9 + x]).isEqualTo(image[x * 9 + 8 - y]);
            }
        }
        float[] turned = draw(new ViewParams(1, 1, 15, 0, 0, 0, 0, 0, 0, 0), square, image, 3, false);
        assertThat(turned[40]).as("the middle stays").isEqualTo(image[40], within(1e-6f));
        assertThat(turned).isNotEqualTo(image);
    }

    @Test
    void outside_lies_the_reflection() {
        ImageShape row = new ImageShape(1, 1, 4);
        float[] target = new float[4];

        Placement.of(row, 1, 0, 0, 1, 4, 0.5).sample(new float[] {1, 2, 3, 4}, target, 0); // moved by two pixels

        assertThat(target).containsExactly(3, 4, 4, 3);
    }

    @Test
    void colours_keep_their_range_and_change_by_what_is_turned_on() {
        float[] image = random(COLOUR);
        ViewParams jitter = new ViewParams(1, 1, 0, 0, 1, 0.4, 0.4, 0.4, 0.1, 0);
        for (long seed = 0; seed < 40; seed++) {
            for (float value : draw(jitter, COLOUR, image, seed, false)) {
                assertThat(value).isBetween(0f, 1f);
            }
        }
        assertThat(draw(jitter, COLOUR, image, 1, false)).isNotEqualTo(image);
        ViewParams still = new ViewParams(1, 1, 0, 0, 1, 0, 0, 0, 0, 0);
        float[] same = draw(still, COLOUR, image, 1, false);
        for (int i = 0; i < image.length; i++) {
            assertThat(same[i]).as("to hue, saturation and value and back").isEqualTo(image[i], within(1e-5f));
        }
        float[] drained = draw(new ViewParams(1, 1, 0, 0, 0, 0, 0, 0, 0, 1), COLOUR, image, 1, false);
        for (int i = 0; i < 30; i++) {
            float grey = 0.299f * image[i] + 0.587f * image[30 + i] + 0.114f * image[60 + i];
            assertThat(new float[] {drained[i], drained[30 + i], drained[60 + i]})
                    .containsOnly(grey);
        }
    }

    @Test
    void the_same_place_in_a_run_gives_the_same_view_and_another_another() {
        float[] image = random(GREY);
        float[] one = new float[GREY.size()];
        float[] again = new float[GREY.size()];
        float[] other = new float[GREY.size()];
        Views views = new Views(ViewParams.digits(), GREY);
        views.draw(image, one, 0, SeededRandom.at(1, "views", 2, 3), false);
        views.draw(image, again, 0, SeededRandom.at(1, "views", 2, 3), false);
        views.draw(image, other, 0, SeededRandom.at(1, "views", 3, 2), false);

        assertThat(again).containsExactly(one);
        assertThat(other).isNotEqualTo(one);
    }

    @Test
    void strong_changes_keep_the_range_and_cut_a_grey_square_out() {
        RandAugment strong = new RandAugment(COLOUR);
        float[] image = random(COLOUR);
        RandomGenerator random = new SplittableRandom(4);
        int cut = 0;
        for (int i = 0; i < 400; i++) {
            float[] changed = strong.changed(image, random);
            assertThat(changed).hasSize(image.length);
            for (float value : changed) {
                assertThat(value).isBetween(-1e-5f, 1 + 1e-5f);
                cut += value == 0.5f ? 1 : 0;
            }
        }
        assertThat(cut).isGreaterThan(400);
        assertThat(image).as("left as it is").containsExactly(random(COLOUR));
    }
}
