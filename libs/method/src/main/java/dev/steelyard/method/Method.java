package dev.steelyard.method;

import java.io.IOException;

/**
 * A published method as a job: what it needs, what it returns and how it runs. An implementation is a public final
 * class with a public no-argument constructor; a worker finds it on its class path. It holds no state between runs
 * and may run several jobs at once.
 *
 * <p>A method is deterministic: the same version, parameters, inputs, seed and thread count give the same bytes in
 * every output.
 *
 * @param <P> parameters: a record whose components carry Jakarta validation constraints and {@link Param}
 */
public interface Method<P extends Record> {

    /** Name, version, inputs, outputs and the parameters record. Constant. */
    MethodSpec<P> spec();

    /**
     * Runs one job.
     *
     * @param params complete and validated
     * @param job inputs, outputs, progress and everything else of this one run
     * @return the outputs written, each under a name that {@link #spec()} declares
     * @throws MethodException when the user's parameters or inputs are at fault: the job fails at once
     * @throws IOException when the machine is at fault: the job is tried again, unless the disk is full
     * @throws InterruptedException when the job was cancelled or ran out of time
     */
    Outputs run(P params, JobContext job) throws MethodException, IOException, InterruptedException;
}
