package dev.steelyard.incremental.wad;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A part of a job that is trained on its own: its saved states carry its name, so that a later attempt knows which part
 * to continue, and its progress and curves go on where the part before it ended.
 *
 * @param from share of the job that is done before it
 * @param to share that is done after it
 * @param firstStep steps of its curves before it
 */
record Stage(JobContext job, String name, double from, double to, long firstStep) implements JobContext {
    private static final String FILE = "stage";

    /** The stage that the job's newest saved state is of. */
    static Optional<String> saved(JobContext job) throws IOException {
        Optional<Path> folder = job.restore();
        return folder.isEmpty()
                ? Optional.empty()
                : Optional.of(Files.readString(folder.get().resolve(FILE)));
    }

    /** What a stage does. */
    @FunctionalInterface
    interface Work {
        void run(Stage stage) throws MethodException, IOException, InterruptedException;
    }

    /**
     * Does it; a parameter that is found wrong is named as the job has it.
     *
     * @param params where the stage's parameters are, such as "/teacher"
     */
    void run(String params, Work work) throws MethodException, IOException, InterruptedException {
        try {
            work.run(this);
        } catch (MethodException e) {
            if (e.field().filter("/learningRate"::equals).isPresent()) {
                throw MethodException.parameter(params + "/learningRate", String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    @Override
    public void checkpoint(CheckpointWriter writer) throws IOException {
        job.checkpoint(folder -> {
            writer.write(folder);
            Files.writeString(folder.resolve(FILE), name);
        });
    }

    @Override
    public Optional<Path> restore() throws IOException {
        return saved(job).filter(name::equals).isPresent() ? job.restore() : Optional.empty();
    }

    @Override
    public void progress(double fraction, String message) {
        job.progress(from + (to - from) * fraction, name + ": " + message);
    }

    @Override
    public void metric(String metric, long step, double value) {
        job.metric(metric, firstStep + step, value);
    }

    @Override
    public String jobId() {
        return job.jobId();
    }

    @Override
    public Path input(String input) {
        return job.input(input);
    }

    @Override
    public Optional<Path> optionalInput(String input) {
        return job.optionalInput(input);
    }

    @Override
    public Path output(String output) throws IOException {
        return job.output(output);
    }

    @Override
    public Path scratch() throws IOException {
        return job.scratch();
    }

    @Override
    public void requireDisk(long bytes) throws IOException {
        job.requireDisk(bytes);
    }

    @Override
    public void log(String message) {
        job.log(message);
    }

    @Override
    public boolean cancelled() {
        return job.cancelled();
    }

    @Override
    public long seed() {
        return job.seed();
    }

    @Override
    public RandomGenerator random(String stream) {
        return job.random(stream);
    }

    @Override
    public int threads() {
        return job.threads();
    }
}
