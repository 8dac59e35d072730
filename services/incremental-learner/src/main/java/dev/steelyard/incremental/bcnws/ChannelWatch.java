package dev.steelyard.incremental.bcnws;

import dev.steelyard.incremental.images.Activations;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.nn.Layer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** ReLUs that can be asked which of their channels let anything through. */
final class ChannelWatch implements Activations {
    private final List<Seen> layers = new ArrayList<>();
    private boolean watching;

    /** What was seen of one layer. */
    static final class Seen {
        private final String name;
        private final float[] largest;
        private long pixels;

        private Seen(String name, int channels) {
            this.name = name;
            this.largest = new float[channels];
        }

        String name() {
            return name;
        }

        int channels() {
            return largest.length;
        }

        /** Height times width of the layer's maps. */
        long pixels() {
            return pixels;
        }

        /** Channels that were 0 throughout. */
        int dead() {
            int dead = 0;
            for (float value : largest) {
                dead += value > 0 ? 0 : 1;
            }
            return dead;
        }

        private void take(Tensor y) {
            try (var _ = NoGrad.begin();
                    var _ = TensorScope.open()) {
                float[] found = Tensors.toFloats(y.amax(new long[] {0, 2, 3}, false));
                for (int c = 0; c < found.length; c++) {
                    largest[c] = Math.max(largest[c], found[c]);
                }
            }
            pixels = y.size(2) * y.size(3);
        }
    }

    @Override
    public Layer create(String name, long channels) {
        int at = layers.size();
        layers.add(new Seen(name, (int) channels));
        return (x, phase) -> {
            Tensor y = torch.relu(x);
            if (watching) {
                layers.get(at).take(y);
            }
            return y;
        };
    }

    /** Begins to look; forgets what was seen before. */
    void begin() {
        layers.replaceAll(layer -> new Seen(layer.name, layer.channels()));
        watching = true;
    }

    /** All layers in order, as seen since {@link #begin}. */
    List<Seen> end() {
        watching = false;
        return List.copyOf(layers);
    }

    /** Names of all layers in order. */
    List<String> names() {
        return layers.stream().map(Seen::name).toList();
    }
}
