package dev.steelyard.incremental.bcnws;

/**
 * Which steps end a pass over the images. A step may take the last batches of one pass and the first of the next.
 *
 * @param passes in all
 * @param batches of a pass
 * @param accumulation batches of a step
 */
record Passes(int passes, long batches, int accumulation) {

    /** Steps in all: what makes no whole step at the end of the last pass is left out. */
    long steps() {
        return passes * batches / accumulation;
    }

    /** Passes done after that many steps; all of them after the last one. */
    int done(long steps) {
        return steps == steps() ? passes : (int) (steps * accumulation / batches);
    }
}
