package dev.steelyard.incremental.images;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.ImageShape;
import dev.steelyard.artifacts.dataset.Labels;
import dev.steelyard.artifacts.dataset.Matrix;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Phase;
import dev.steelyard.tensor.train.RandomTensors;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ImageBlocksTest {
    @Test
    void large_images_go_in_small_blocks() {
        assertThat(ImageBlocks.size(new ImageShape(1, 28, 28))).isEqualTo(500);
        assertThat(ImageBlocks.size(new ImageShape(3, 64, 64))).isEqualTo(500);
        assertThat(ImageBlocks.size(new ImageShape(3, 224, 224))).isEqualTo(40);
        assertThat(ImageBlocks.size(new ImageShape(3, 4096, 4096))).isEqualTo(1);
    }

    @Test
    void blocks_hold_each_image_once_in_order() {
        int[] images = IntStream.range(0, 1201).map(i -> 1200 - i).toArray();

        List<int[]> blocks = ImageBlocks.of(new ImageShape(1, 8, 8), images);

        assertThat(blocks).extracting(block -> block.length).containsExactly(500, 500, 201);
        assertThat(blocks.stream().flatMapToInt(IntStream::of).toArray()).isEqualTo(images);
    }

    @Test
    void accuracy_of_large_images_is_taken_block_by_block() throws Exception {
        int count = 41;
        var shape = new ImageShape(3, 224, 224);
        int[] ofClass = IntStream.range(0, count).map(i -> i % 2).toArray();
        var labels = new Labels(List.of("a", "b"), ofClass, false);
        var images = new ImageSet(
                shape, Matrix.of(count, shape.size(), new float[count * shape.size()]), Optional.of(labels));
        AtomicInteger looks = new AtomicInteger();
        try (var _ = TensorScope.open();
                var store = new ParameterStore();
                var random = new RandomTensors(Torch.start(2), 1)) {
            var config = new ImageModelConfig("mlp", List.of(), "none", shape, labels.classes());
            var classifier = config.build(Parts.of(store, random, config.norm()));
            long told = classifier
                    .logits(classifier.input(images, new int[] {0}), Phase.EVALUATION)
                    .argmax()
                    .item_long();

            double accuracy = classifier.accuracy(images, looks::incrementAndGet);

            assertThat(looks).hasValue(2);
            assertThat(accuracy).as("all images are alike").isEqualTo((told == 0 ? 21.0 : 20.0) / count);
        }
    }
}
