package dev.steelyard.incremental;

import dev.steelyard.artifacts.Sha256;
import dev.steelyard.method.JobContext;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A job in a folder. It can be cancelled after a number of looks at {@link #cancelled()}, and attempted again. */
public final class FolderJob implements JobContext {
    private final Path root;
    private final Map<String, Path> inputs;
    private final Map<String, List<Double>> metrics = new LinkedHashMap<>();
    private final List<String> log = new ArrayList<>();
    private long looksLeft = Long.MAX_VALUE;
    private long looksAfterState = Long.MAX_VALUE;
    private long seed = 1;
    private int attempts;
    private @Nullable Path checkpoint;

    public FolderJob(Path root, Map<String, Path> inputs) {
        this.root = root;
        this.inputs = Map.copyOf(inputs);
    }

    /** Cancels after so many looks from now. */
    public FolderJob cancelAfter(long looks) {
        looksLeft = looks;
        return this;
    }

    /** Cancels after so many looks from the first saved state on: as many steps, where nothing else looks. */
    public FolderJob cancelAfterState(long looks) {
        looksAfterState = looks;
        return this;
    }

    /** A new attempt: outputs are gone, the saved state stays. */
    public FolderJob again() {
        attempts++;
        looksLeft = Long.MAX_VALUE;
        looksAfterState = Long.MAX_VALUE;
        return this;
    }

    /** With another seed than 1. */
    public FolderJob seed(long other) {
        seed = other;
        return this;
    }

    public Map<String, List<Double>> metrics() {
        return metrics;
    }

    public List<String> lines() {
        return log;
    }

    /** The report that the job wrote. */
    public JsonNode report() throws IOException {
        return new JsonMapper().readTree(output("report").resolve("report.json").toFile());
    }

    /** Hashes of all files of some outputs, by output and name. */
    public Map<String, String> hashes(String... outputs) throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        for (String output : outputs) {
            try (Stream<Path> files = Files.list(output(output))) {
                for (Path file : files.toList()) {
                    hashes.put(output + "/" + file.getFileName(), Sha256.of(file));
                }
            }
        }
        return hashes;
    }

    @Override
    public String jobId() {
        return "job";
    }

    @Override
    public Path input(String name) {
        return Optional.ofNullable(inputs.get(name)).orElseThrow(() -> new IllegalArgumentException(name));
    }

    @Override
    public Optional<Path> optionalInput(String name) {
        return Optional.ofNullable(inputs.get(name));
    }

    @Override
    public Path output(String name) throws IOException {
        return Files.createDirectories(root.resolve("attempt-" + attempts).resolve(name));
    }

    @Override
    public Path scratch() throws IOException {
        return Files.createDirectories(root.resolve("scratch-" + attempts));
    }

    @Override
    public void requireDisk(long bytes) {}

    @Override
    public void progress(double fraction, String message) {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("progress " + fraction);
        }
    }

    @Override
    public void metric(String name, long step, double value) {
        metrics.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
    }

    @Override
    public void log(String message) {
        log.add(message);
    }

    @Override
    public boolean cancelled() {
        return looksLeft-- <= 0;
    }

    @Override
    public long seed() {
        return seed;
    }

    @Override
    public RandomGenerator random(String stream) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 31 + stream.hashCode());
    }

    @Override
    public int threads() {
        return 2;
    }

    @Override
    public void checkpoint(CheckpointWriter writer) throws IOException {
        Path next = Files.createTempDirectory(root, "checkpoint");
        writer.write(next);
        Path before = checkpoint;
        checkpoint = next;
        looksLeft = Math.min(looksLeft, looksAfterState);
        if (before != null) {
            delete(before);
        }
    }

    @Override
    public Optional<Path> restore() {
        return Optional.ofNullable(checkpoint);
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
