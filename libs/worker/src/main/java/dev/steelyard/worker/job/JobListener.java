package dev.steelyard.worker.job;

/** Hears what a running method says. Called from any thread; must not block for long. */
public interface JobListener {
    /** See {@link dev.steelyard.method.JobContext#progress}. */
    void progress(double fraction, String message);

    /** See {@link dev.steelyard.method.JobContext#metric}. */
    void metric(String name, long step, double value);

    /** See {@link dev.steelyard.method.JobContext#log}. */
    void log(String message);
}
