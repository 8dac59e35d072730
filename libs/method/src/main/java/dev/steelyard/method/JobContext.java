package dev.steelyard.method;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** One run of a method. Safe to use from several threads. */
public interface JobContext {

    /** Id of the job, the same over all attempts. */
    String jobId();

    /**
     * Root folder of a required input, read-only, complete and checked against its manifest.
     *
     * @throws IllegalArgumentException when the spec declares no such required input
     */
    Path input(String name);

    /** Root folder of an optional input; empty when the job was submitted without it. */
    Optional<Path> optionalInput(String name);

    /**
     * Empty folder to write an output into, the same on each call with the same name. Nothing in it can be seen by
     * anyone before the job has succeeded; it is removed when the job ends otherwise.
     *
     * @throws IllegalArgumentException when the spec declares no such output
     */
    Path output(String name) throws IOException;

    /** Empty folder for intermediate files, removed when the attempt ends. */
    Path scratch() throws IOException;

    /**
     * Checks that the file system of {@link #output} and {@link #scratch} can take so many bytes more.
     *
     * @throws IOException naming the bytes asked for and those free
     */
    void requireDisk(long bytes) throws IOException;

    /** How far the job is, 0 to 1, and what it does now. Cheap: calls in quick succession are thinned out. */
    void progress(double fraction, String message);

    /** One point of a curve. Points of one curve in quick succession are thinned out; the last is always kept. */
    void metric(String name, long step, double value);

    /** A line for the job's log. A flood of lines is thinned out. */
    void log(String message);

    /** Whether the job was cancelled or ran out of time. */
    boolean cancelled();

    /**
     * To be called at least every few hundred milliseconds by a long run.
     *
     * @throws InterruptedException when {@link #cancelled()}
     */
    default void checkCancelled() throws InterruptedException {
        if (cancelled()) {
            throw new InterruptedException("cancelled");
        }
    }

    /** The seed the job was submitted with. */
    long seed();

    /**
     * Random numbers from the job's seed; the same name gives the same stream in every run, whatever other streams
     * are used. Each call gives the stream from its beginning. Not safe for several threads.
     */
    RandomGenerator random(String stream);

    /** Threads this job may compute on. Constant for the service's configuration. */
    int threads();

    /**
     * Saves a state that a later attempt of this job can continue from; replaces the one before. Atomic: after a
     * crash the newest complete state is found. It is forgotten when the job succeeds, is cancelled or is refused for
     * good, not when it runs out of time.
     */
    void checkpoint(CheckpointWriter writer) throws IOException;

    /** Folder with the newest state saved by this or an earlier attempt of this job, read-only. */
    Optional<Path> restore() throws IOException;

    /** Writes the files of a state into a folder. */
    @FunctionalInterface
    interface CheckpointWriter {
        void write(Path folder) throws IOException;
    }
}
