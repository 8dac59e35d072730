package dev.steelyard.incremental.features;

import dev.steelyard.artifacts.dataset.Examples;
import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.ImageShape;
import java.util.Map;
import java.util.stream.IntStream;

/** Images as they are. */
record Pixels(ImageShape shape) implements FrozenEncoder {
    @Override
    public int dimension() {
        return shape.size();
    }

    @Override
    public String origin() {
        return "pixels " + shape;
    }

    @Override
    public Map<String, String> description() {
        return Map.of("encoder", "pixels", "preprocessing", "pixels from 0 to 1, " + shape);
    }

    @Override
    public float[] encode(Examples rows, int from, int to) {
        return ((ImageSet) rows).pixels(IntStream.range(from, to).toArray());
    }

    @Override
    public void close() {
        // nothing is held
    }
}
