package dev.steelyard.worker.job;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.ArtifactId;
import dev.steelyard.artifacts.ArtifactKind;
import dev.steelyard.artifacts.Manifest;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Port;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.JobEvent.Succeeded;
import dev.steelyard.proto.v1.RunJob;
import dev.steelyard.worker.catalog.HostedMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** One run of a method on one thread, from staging its inputs to storing its outputs. */
public final class JobRun implements JobContext {
    private static final Logger log = LoggerFactory.getLogger(JobRun.class);

    /** Bytes; what else is in an event has room beside it in a record of 1 MiB. */
    private static final int MAX_SUMMARY = 1_000_000;

    private final HostedMethod<?> method;
    private final RunJob job;
    private final JobMeans means;
    private final JobListener listener;
    private final JobFiles files;
    private final StagedInputs inputs = new StagedInputs();
    private volatile boolean stopped;
    private @Nullable Thread runner;

    public JobRun(HostedMethod<?> method, RunJob job, JobMeans means, JobListener listener) {
        this.method = method;
        this.job = job;
        this.means = means;
        this.listener = listener;
        this.files = new JobFiles(means.store(), job.getJobId(), job.getDispatch(), means.minFree());
    }

    /**
     * Runs the method on the calling thread. Leaves no files but those of a success, in the store.
     *
     * @return Succeeded or Failed, with only the kind set; never throws
     */
    public JobEvent execute() {
        try {
            begin();
            stageInputs();
            Outputs outputs = method.run(job.getParamsJson(), this);
            checkCancelled();
            return succeeded(outputs);
        } catch (Throwable e) {
            JobEvent failed = Problems.of(e, inputs);
            if (!stopped && Problems.isOwnFault(failed)) {
                log.error("job {} ({}) failed", job.getJobId(), method.id(), e);
            }
            return failed;
        } finally {
            end();
            files.dispose();
        }
    }

    /** Tells the method to stop: {@link #cancelled()} is true from now on and its thread is interrupted. */
    public synchronized void stop() {
        stopped = true;
        if (runner != null) {
            runner.interrupt();
        }
    }

    /** Removes the folders of a run that does not stop. */
    public void abandon() {
        files.dispose();
    }

    private synchronized void begin() throws InterruptedException {
        checkCancelled();
        runner = Thread.currentThread();
    }

    private synchronized void end() {
        runner = null;
        Thread.interrupted(); // the thread, and the removal of files, shall not suffer from it
    }

    private void stageInputs() throws MethodException, IOException {
        for (Port port : method.spec().inputs()) {
            String reference = job.getInputsOrDefault(port.name(), "");
            if (!reference.isEmpty()) {
                inputs.put(port.name(), staged(port, ArtifactId.parse(reference)));
            } else if (port.required()) {
                throw MethodException.input("input " + port.name() + " is missing");
            }
        }
    }

    private Path staged(Port port, ArtifactId id) throws MethodException, IOException {
        Manifest manifest = means.store()
                .manifest(id)
                .orElseThrow(() -> MethodException.input("input " + port.name() + ": " + id + " is not in the store"));
        if (!manifest.kind().wire().equals(port.kind().wire())) {
            throw MethodException.input("input " + port.name() + ": " + id + " is a "
                    + manifest.kind().wire() + ", expected a " + port.kind().wire());
        }
        return means.store().stage(id);
    }

    private JobEvent succeeded(Outputs outputs) throws IOException {
        method.spec().requireReturned(outputs);
        String summary = JsonMapper.shared().writeValueAsString(outputs.summary());
        int bytes = summary.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_SUMMARY) {
            throw new IllegalStateException("the method's summary has " + bytes + " bytes of JSON, more than "
                    + MAX_SUMMARY + ": write long results into an output");
        }
        Succeeded.Builder success = Succeeded.newBuilder().setSummaryJson(summary);
        for (Port port : method.spec().outputs()) {
            if (outputs.names().contains(port.name())) {
                success.putOutputs(port.name(), stored(port));
            }
        }
        return JobEvent.newBuilder().setSucceeded(success).build();
    }

    private Succeeded.Output stored(Port port) throws IOException {
        try {
            Manifest manifest = files.put(
                            port.name(), ArtifactKind.parse(port.kind().wire()))
                    .orElseThrow(() -> new IllegalStateException("the method did not write its output " + port.name()));
            return Succeeded.Output.newBuilder()
                    .setArtifact(manifest.id().toString())
                    .setKind(manifest.kind().wire())
                    .setSize(manifest.size())
                    .setFiles(manifest.files().size())
                    .build();
        } catch (ArtifactException e) {
            throw new IllegalStateException("output " + port.name() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String jobId() {
        return job.getJobId();
    }

    @Override
    public Path input(String name) {
        method.spec().requireInput(name);
        return optionalInput(name).orElseThrow();
    }

    @Override
    public Optional<Path> optionalInput(String name) {
        return inputs.folder(name);
    }

    @Override
    public Path output(String name) throws IOException {
        method.spec().requireOutput(name);
        return files.output(name);
    }

    @Override
    public Path scratch() throws IOException {
        return files.scratch();
    }

    @Override
    public void requireDisk(long bytes) throws IOException {
        files.requireDisk(bytes);
    }

    @Override
    public void progress(double fraction, String message) {
        listener.progress(fraction, message);
    }

    @Override
    public void metric(String name, long step, double value) {
        listener.metric(name, step, value);
    }

    @Override
    public void log(String message) {
        listener.log(message);
    }

    @Override
    public boolean cancelled() {
        return stopped;
    }

    @Override
    public long seed() {
        return job.getSeed();
    }

    @Override
    public RandomGenerator random(String stream) {
        return RandomStreams.stream(job.getSeed(), stream);
    }

    @Override
    public int threads() {
        return means.threads();
    }

    @Override
    public void checkpoint(CheckpointWriter writer) throws IOException {
        files.checkpoint(writer);
    }

    @Override
    public Optional<Path> restore() throws IOException {
        return files.restore();
    }
}
