package dev.steelyard.proof;

import dev.steelyard.artifacts.ArtifactId;
import dev.steelyard.artifacts.store.DirectoryArtifactStore;
import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.client.Jobs;
import dev.steelyard.cli.client.SteelyardClient;
import dev.steelyard.cli.client.Submission;
import dev.steelyard.launcher.Distribution;
import dev.steelyard.launcher.Platform;
import dev.steelyard.launcher.PlatformOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The real platform of {@code target/dist} for the length of a proof: broker, PostgreSQL, gateway and one service, in a
 * fresh data folder and on free ports. Jobs are submitted by REST. Closing it stops all processes and removes the
 * folder, and with it all outputs; logs stay in {@code target/proofs/logs/<service>}. So does the end of the proof's
 * process by Ctrl-C or a signal that can be caught; when it is killed its processes end too, and the folder stays.
 */
public final class ProofPlatform implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final DataFolder data;
    private final Platform platform;
    private final SteelyardClient client;
    private final DirectoryArtifactStore store;
    private boolean closed;

    private ProofPlatform(DataFolder data, Platform platform, DirectoryArtifactStore store) {
        this.data = data;
        this.platform = platform;
        this.client = new SteelyardClient(platform.gateway(), platform.adminKey());
        this.store = store;
    }

    /** Starts a platform whose one worker takes one job at a time on all cores. */
    public static ProofPlatform start(String service) throws IOException {
        return start(service, Workers.standard());
    }

    /**
     * Starts a platform.
     *
     * @param service such as "quantizer"
     * @throws dev.steelyard.launcher.LauncherException when it does not come up; nothing is left running then
     */
    public static ProofPlatform start(String service, Workers workers) throws IOException {
        DataFolder data = DataFolder.create(service);
        System.out.println("starting broker, database, gateway and " + service + " (" + workers + ")");
        Platform platform = null;
        try {
            PlatformOptions options = PlatformOptions.of(new Distribution(Repository.distribution()), data.root())
                    .withPorts(PlatformOptions.Ports.free())
                    .withServices(List.of(service + ":" + workers.processes()))
                    .withEnvironment(service, workers.environment());
            platform = Platform.start(options, _ -> {});
            ProofPlatform started = new ProofPlatform(data, platform, new DirectoryArtifactStore(data.store()));
            Runtime.getRuntime().addShutdownHook(new Thread(started::closeAtExit, "proof-platform-stop"));
            return started;
        } catch (IOException | RuntimeException e) {
            if (platform != null) {
                platform.close();
            }
            data.close();
            throw e;
        }
    }

    /**
     * Uploads a folder, or one file.
     *
     * @param kind "model", "dataset" or "report"
     * @return the artifact's id, "sha256:…"
     */
    public String importTree(String kind, Path source) throws IOException {
        return client.artifacts()
                .upload(source.toRealPath(), kind, (_, _, _) -> {})
                .id();
    }

    /**
     * Submits a job, prints its progress and waits for its end. Never answered from the result cache.
     *
     * @param method "service/method"
     * @param paramsJson an object with what differs from the defaults
     * @param inputs input name to artifact id
     * @throws JobFailed when it does not succeed
     */
    public Result run(String method, String paramsJson, Map<String, String> inputs, long seed) {
        return await(submit(method, paramsJson, inputs, seed));
    }

    /** Submits a job and returns at once; for jobs side by side, and for those that are meant to fail. */
    public Job submit(String method, String paramsJson, Map<String, String> inputs, long seed) {
        Map<String, Object> params = new HashMap<>();
        for (Map.Entry<String, JsonNode> param : JSON.readTree(paramsJson).properties()) {
            params.put(param.getKey(), param.getValue());
        }
        return client.jobs()
                .submit(new Submission(
                        method,
                        params,
                        inputs,
                        Optional.of(seed),
                        Optional.of(false),
                        Optional.empty(),
                        Map.of(),
                        Optional.empty()));
    }

    /**
     * Prints a job's progress until it ends.
     *
     * @throws JobFailed when it does not succeed
     */
    public Result await(Job submitted) {
        Result result = new Result(end(submitted));
        if (result.job().state() != Job.State.SUCCEEDED) {
            throw new JobFailed(result.job());
        }
        return result;
    }

    /** Prints a job's progress until it ends, whichever way. */
    public Job end(Job submitted) {
        ProgressLines lines = new ProgressLines(submitted, System.out);
        Job ended = client.jobs().follow(submitted.id(), lines::show);
        lines.ended(ended);
        return ended;
    }

    /** Folder with an output's files; read-only, and there until this platform is closed. */
    public Path output(Result result, String name) throws IOException {
        return files(result.artifact(name));
    }

    /** What a job's output {@code report} says. */
    public JsonNode report(Result result) throws IOException {
        return JSON.readTree(output(result, "report").resolve("report.json").toFile());
    }

    /** Folder with an artifact's files; read-only, and there until this platform is closed. */
    public Path files(String artifact) throws IOException {
        return store.stage(ArtifactId.parse(artifact));
    }

    /** Figures a job reported while it ran, in order. */
    public List<Jobs.MetricPoint> metrics(Result result, String name) {
        return client.jobs().metrics(result.job().id()).stream()
                .filter(point -> point.name().equals(name))
                .toList();
    }

    /** All that the platform offers over REST. */
    public SteelyardClient client() {
        return client;
    }

    /** The processes, to kill one for instance. */
    public Platform platform() {
        return platform;
    }

    /** Nothing when that is done. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (data) {
            client.close();
            store.close();
            platform.close();
        }
    }

    private void closeAtExit() {
        try {
            close();
        } catch (IOException e) {
            System.err.println(data.root() + " could not be removed: " + e.getMessage());
        }
    }
}
