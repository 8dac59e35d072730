package dev.steelyard.incremental.training;

/** Looks whether to go on. */
@FunctionalInterface
public interface Check {
    /** @throws InterruptedException when not */
    void run() throws InterruptedException;
}
