package dev.steelyard.e2e;

import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.client.SteelyardClient;
import dev.steelyard.cli.client.Submission;
import dev.steelyard.embedded.Topology;
import dev.steelyard.launcher.Distribution;
import dev.steelyard.launcher.Platform;
import dev.steelyard.launcher.PlatformOptions;
import dev.steelyard.launcher.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A platform whose records are locked for three seconds only, with workers that take one job at a time, on one thread. */
record SmallPlatform(Path data, Platform platform, SteelyardClient client) implements AutoCloseable {
    static final Duration LOCK = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * Starts one.
     *
     * @param services such as "probe:2"
     */
    static SmallPlatform start(Path data, String... services) {
        Map<String, String> one = Map.of(
                "STEELYARD_WORKER_SLOTS", "1", "STEELYARD_WORKER_THREADS", "1", "STEELYARD_WORKER_MINFREE", "1MB");
        PlatformOptions options = PlatformOptions.of(new Distribution(CommandLineRun.distribution()), data)
                .withPorts(PlatformOptions.Ports.free())
                .withServices(List.of(services))
                .withTopology(Topology.standard().withLock(LOCK))
                .withEnvironment("probe", one)
                .withEnvironment("quantizer", one)
                .withEnvironment("incremental-learner", one)
                .withEnvironment("gateway", Map.of("STEELYARD_GATEWAY_REAPER_SILENCE", "PT12S"));
        Platform platform = Platform.start(options, _ -> {});
        return new SmallPlatform(data, platform, new SteelyardClient(platform.gateway(), platform.adminKey()));
    }

    Job submit(Submission submission) {
        return client.jobs().submit(submission);
    }

    Job get(Job job) {
        return client.jobs().get(job.id());
    }

    Job end(Job job) {
        return client.jobs().await(job.id(), PATIENCE);
    }

    /** Waits until a worker runs the job for the so-many-th time and has reported progress. */
    Job running(Job job, int attempts) {
        return Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(25))
                .until(
                        () -> get(job),
                        now -> now.state() == Job.State.RUNNING
                                && now.attempts().size() >= attempts
                                && now.progress().isPresent());
    }

    /** The process whose worker runs the job's newest attempt: workers are named for service, host and process. */
    ServiceProcess workerOf(Job job) {
        String worker = job.attempts().getLast().worker();
        return platform.processes().stream()
                .filter(process -> worker.contains("-" + process.pid() + "-"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no process is " + worker));
    }

    /** Sends a signal to a process and its shell, if any. */
    static void signal(String name, long pid) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", "-" + name, String.valueOf(pid))
                .start()
                .waitFor();
        if (exit != 0) {
            throw new AssertionError("kill -" + name + " " + pid + " gave " + exit);
        }
    }

    /** What the store holds: manifests, and trees that are being written. */
    Set<String> stored() throws IOException {
        try (Stream<Path> manifests = Files.walk(data.resolve("store/manifests"));
                Stream<Path> building = Files.list(data.resolve("store/building"))) {
            return Stream.concat(manifests.filter(Files::isRegularFile), building)
                    .map(Path::toString)
                    .collect(Collectors.toSet());
        }
    }

    @Override
    public void close() {
        client.close();
        platform.close();
    }
}
