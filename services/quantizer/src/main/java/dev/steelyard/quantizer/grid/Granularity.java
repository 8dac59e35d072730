package dev.steelyard.quantizer.grid;

/** How many neighbouring weights of an output channel share a scale. */
public sealed interface Granularity {

    /** All of them: one scale for each output channel ("column-wise" where weights are written [in, out]). */
    record Channel() implements Granularity {}

    /**
     * So many.
     *
     * @param size of a group, 1 or more
     */
    record Group(int size) implements Granularity {
        public Group {
            if (size < 1) {
                throw new IllegalArgumentException("group size: expected 1 or more, found " + size);
            }
        }
    }

    static Granularity channel() {
        return new Channel();
    }

    static Granularity group(int size) {
        return new Group(size);
    }

    /** Weights that share a scale in a matrix with so many inputs. */
    default int sizeIn(int cols) {
        return switch (this) {
            case Channel() -> cols;
            case Group(int size) -> size;
        };
    }

    /** "channel" or the size. */
    default String label() {
        return switch (this) {
            case Channel() -> "channel";
            case Group(int size) -> Integer.toString(size);
        };
    }
}
