package dev.steelyard.incremental.wad;

/**
 * What students see in one step.
 *
 * @param labelled images with a label, the user's or a promoted one
 * @param given images that the user labelled, for the student that learns from them alone
 * @param pool images without a label as they are seen; empty where nobody looks
 * @param strong the same images changed strongly; empty but for the threshold
 */
record StudentBatch(Labelled labelled, Labelled given, Weighed pool, float[] strong) {

    /** @param labels a class for each image */
    record Labelled(float[] pixels, long[] labels) {}

    /**
     * @param labels what the teacher says
     * @param weights what they count
     */
    record Weighed(float[] pixels, long[] labels, float[] weights) {}
}
