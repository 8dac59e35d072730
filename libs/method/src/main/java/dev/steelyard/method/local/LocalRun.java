package dev.steelyard.method.local;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.ParamsReader;
import dev.steelyard.method.Port;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs a method in a folder, without worker, broker or store, and holds it to its spec as a worker does. Outputs, scratch
 * and the newest state are folders below it and stay there; progress, metrics and log lines are kept in memory. The next
 * run is another attempt at the same job: its outputs begin empty, and it finds the state the one before saved. A run can
 * be {@linkplain #cancelAfter cancelled} where it happens to be, so that the next one has something to go on with.
 *
 * <pre>{@code
 * LocalRun run = LocalRun.in(folder).input("model", modelFolder).threads(2);
 * run.of(new FineQuant(), "{\"bits\": 8}");
 * Path quantized = run.output("model");
 * }</pre>
 */
public final class LocalRun implements JobContext {
    private static final String OUTPUTS = "outputs";
    private static final String SCRATCH = "scratch";
    private static final String STATES = "states";

    private final Path folder;
    private final Map<String, Path> inputs = new ConcurrentHashMap<>();
    private final List<Point> metrics = new CopyOnWriteArrayList<>();
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AtomicLong looksLeft = new AtomicLong(Long.MAX_VALUE);
    private volatile long looksAfterState = Long.MAX_VALUE;
    private long seed = 1;
    private int threads = 1;
    private @Nullable Path state;
    private volatile double fraction;
    private volatile boolean cancelled;
    private @Nullable MethodSpec<?> spec;

    /** One point of a curve. */
    public record Point(String name, long step, double value) {}

    private LocalRun(Path folder) {
        this.folder = folder;
    }

    /** A run in a folder, which is made when it is not there. */
    public static LocalRun in(Path folder) {
        return new LocalRun(folder);
    }

    /** Gives the method an input. */
    public LocalRun input(String name, Path tree) {
        inputs.put(name, tree);
        return this;
    }

    /** Gives the method several inputs, by name. */
    public LocalRun inputs(Map<String, Path> trees) {
        inputs.putAll(trees);
        return this;
    }

    public LocalRun seed(long value) {
        seed = value;
        return this;
    }

    public LocalRun threads(int count) {
        threads = count;
        return this;
    }

    /** Cancels the next run after so many looks at {@link #cancelled}, and no run after it. */
    public LocalRun cancelAfter(long looks) {
        looksLeft.set(looks);
        return this;
    }

    /** The same, with looks counted from the first state that it saves. */
    public LocalRun cancelAfterState(long looks) {
        looksAfterState = looks;
        return this;
    }

    /**
     * Runs a method with parameters as a job would carry them.
     *
     * @throws MethodException when parameters or inputs are at fault
     * @throws IllegalArgumentException when an example of the spec is wrong, or an input was given or asked for that the
     *     spec does not declare
     * @throws IllegalStateException when the run did not write and return the outputs that the spec declares
     */
    public <P extends Record> Outputs of(Method<P> method, String paramsJson)
            throws MethodException, IOException, InterruptedException {
        MethodSpec<P> declared = method.spec();
        ParamsReader<P> reader = ParamsReader.of(declared.params(), ParamsReader.validator());
        readExamples(declared, reader);
        P params = reader.read(paramsJson);
        requireInputs(declared);
        spec = declared;
        delete(folder.resolve(OUTPUTS));
        delete(folder.resolve(SCRATCH));
        Outputs outputs = attempt(method, params);
        declared.requireReturned(outputs);
        for (String name : outputs.names()) {
            requireWritten(name);
        }
        return outputs;
    }

    private <P extends Record> Outputs attempt(Method<P> method, P params)
            throws MethodException, IOException, InterruptedException {
        try {
            return method.run(params, this);
        } finally {
            looksLeft.set(Long.MAX_VALUE);
            looksAfterState = Long.MAX_VALUE;
        }
    }

    private static <P extends Record> void readExamples(MethodSpec<P> spec, ParamsReader<P> reader) {
        for (MethodSpec.Example example : spec.examples()) {
            try {
                reader.read(example.paramsJson());
            } catch (MethodException e) {
                throw new IllegalArgumentException("example '" + example.title() + "' is wrong: " + e.getMessage(), e);
            }
        }
    }

    private void requireInputs(MethodSpec<?> declared) throws MethodException {
        for (String name : inputs.keySet()) {
            if (declared.inputs().stream().noneMatch(port -> port.name().equals(name))) {
                throw new IllegalArgumentException("no input is declared as '" + name + "'");
            }
        }
        for (Port port : declared.inputs()) {
            if (port.required() && !inputs.containsKey(port.name())) {
                throw MethodException.input("input " + port.name() + " is missing");
            }
        }
    }

    private void requireWritten(String name) throws IOException {
        try (Stream<Path> files = Files.list(output(name))) {
            if (files.findAny().isEmpty()) {
                throw new IllegalStateException("the method did not write its output " + name);
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** From now on {@link #cancelled} is true, in all runs. */
    public void cancel() {
        cancelled = true;
    }

    /** Points so far, in the order they came. */
    public List<Point> metrics() {
        return List.copyOf(metrics);
    }

    /** Values of each curve so far, by name, in the order they came. */
    public Map<String, List<Double>> curves() {
        return metrics.stream()
                .collect(Collectors.groupingBy(
                        Point::name, LinkedHashMap::new, Collectors.mapping(Point::value, Collectors.toList())));
    }

    /** Log lines so far, in the order they came. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** Log lines and progress messages so far, in the order they came. */
    public List<String> messages() {
        return List.copyOf(messages);
    }

    /** The newest progress, 0 to 1. */
    public double fraction() {
        return fraction;
    }

    @Override
    public String jobId() {
        return "local";
    }

    @Override
    public Path input(String name) {
        declared().requireInput(name);
        return optionalInput(name).orElseThrow();
    }

    @Override
    public Optional<Path> optionalInput(String name) {
        return Optional.ofNullable(inputs.get(name));
    }

    @Override
    public Path output(String name) throws IOException {
        declared().requireOutput(name);
        return Files.createDirectories(folder.resolve(OUTPUTS).resolve(name));
    }

    private MethodSpec<?> declared() {
        return Objects.requireNonNull(spec, "run a method first");
    }

    @Override
    public Path scratch() throws IOException {
        return Files.createDirectories(folder.resolve(SCRATCH));
    }

    @Override
    public void requireDisk(long bytes) throws IOException {
        long free = Files.getFileStore(Files.createDirectories(folder)).getUsableSpace();
        if (free < bytes) {
            throw new IOException("needs %d bytes of disk, %d are free".formatted(bytes, free));
        }
    }

    @Override
    public void progress(double done, String message) {
        if (!(done >= 0 && done <= 1)) {
            throw new IllegalArgumentException("progress " + done + ": expected 0 to 1");
        }
        fraction = done;
        messages.add(message);
    }

    @Override
    public void metric(String name, long step, double value) {
        metrics.add(new Point(name, step, value));
    }

    @Override
    public void log(String message) {
        lines.add(message);
        messages.add(message);
    }

    @Override
    public boolean cancelled() {
        return cancelled || looksLeft.getAndDecrement() <= 0;
    }

    @Override
    public long seed() {
        return seed;
    }

    /** The same numbers as a worker gives: L64X128MixRandom from the sha256 of seed and name. */
    @Override
    public RandomGenerator random(String stream) {
        byte[] name = stream.getBytes(StandardCharsets.UTF_8);
        byte[] material = ByteBuffer.allocate(Long.BYTES + name.length)
                .putLong(seed)
                .put(name)
                .array();
        try {
            byte[] state = MessageDigest.getInstance("SHA-256").digest(material);
            return RandomGeneratorFactory.of("L64X128MixRandom").create(state);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public synchronized void checkpoint(CheckpointWriter writer) throws IOException {
        Path next = Files.createTempDirectory(Files.createDirectories(folder.resolve(STATES)), "");
        writer.write(next);
        Path before = state;
        state = next;
        looksLeft.accumulateAndGet(looksAfterState, Math::min);
        if (before != null) {
            delete(before);
        }
    }

    @Override
    public synchronized Optional<Path> restore() {
        return Optional.ofNullable(state);
    }
}
