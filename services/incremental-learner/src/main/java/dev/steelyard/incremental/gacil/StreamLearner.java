package dev.steelyard.incremental.gacil;

/** Someone who learns a stream; classes are the label ids of the data set. */
interface StreamLearner extends AutoCloseable {

    /** In reports: "g-acil". */
    String name();

    /** Learns samples that it will not be shown again. */
    void learn(int[] rows);

    /** A task has ended. */
    void endTask(int[] rows) throws InterruptedException;

    /** Class of each sample. */
    int[] predict(int[] rows);

    @Override
    void close();
}
