package dev.steelyard.incremental.features;

import dev.steelyard.artifacts.dataset.Examples;
import java.util.Map;

/** Makes a vector of each row and does not change. */
interface FrozenEncoder extends AutoCloseable {

    /** Numbers in a vector. */
    int dimension();

    /** What the vectors are; only those of one origin may be mixed. */
    String origin();

    /** The same in parts, for the file of the vectors: encoder, preprocessing, pool or layer. */
    Map<String, String> description();

    /** [to − from][dimension], row after row. */
    float[] encode(Examples rows, int from, int to);

    @Override
    void close();
}
