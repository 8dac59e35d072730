package dev.steelyard.launcher;

import dev.steelyard.embedded.Children;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One child process that is kept alive: when it ends unasked it is started again after a wait that doubles each time,
 * from one second to thirty, and begins anew once a process has lived for a minute.
 */
public final class ServiceProcess implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(25);

    private final String name;
    private final URI url;
    private final Path log;
    private final Supplier<ProcessBuilder> command;
    private final Children children;
    private final Consumer<String> announce;
    private final Backoff backoff = Backoff.usual();

    private @Nullable Process process;
    private long startedAt;
    private boolean wasReady;
    private boolean stopping;
    private int restarts;

    /**
     * A process that does not run yet.
     *
     * @param url where its readiness is asked for
     * @param log its output is appended there
     * @param command makes the command anew for each start
     * @param announce is told in one line when it ends unasked
     */
    ServiceProcess(
            String name,
            URI url,
            Path log,
            Supplier<ProcessBuilder> command,
            Children children,
            Consumer<String> announce) {
        this.name = name;
        this.url = url;
        this.log = log;
        this.command = command;
        this.children = children;
        this.announce = announce;
    }

    public String name() {
        return name;
    }

    /** Where its health and metrics are. */
    public URI url() {
        return url;
    }

    /** The process id; 0 while there is none. */
    public synchronized long pid() {
        return process == null || !process.isAlive() ? 0 : process.pid();
    }

    /** How often it was started again. */
    public synchronized int restarts() {
        return restarts;
    }

    synchronized void start() {
        if (stopping) {
            return;
        }
        ProcessBuilder builder =
                command.get().redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Process started = children.start(builder);
        process = started;
        startedAt = System.nanoTime();
        var _ = started.onExit().thenAccept(this::ended);
    }

    private synchronized void ended(Process gone) {
        if (stopping || !wasReady) {
            return;
        }
        Duration wait = backoff.after(Duration.ofNanos(System.nanoTime() - startedAt));
        announce.accept(name + " (pid " + gone.pid() + ") ended with exit code " + gone.exitValue()
                + "; starting it again in " + wait.toSeconds() + " s (log: " + log + ")");
        restarts++;
        Executor later = CompletableFuture.delayedExecutor(wait.toMillis(), TimeUnit.MILLISECONDS);
        var _ = CompletableFuture.runAsync(this::start, later).exceptionally(failure -> {
            announce.accept(name + " could not be started again: " + failure.getMessage());
            return null;
        });
    }

    /**
     * Waits until it says it is ready.
     *
     * @throws LauncherException when it ends before, with the end of its log, or is not ready in time
     */
    void awaitReady(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!Readiness.ready(url)) {
            if (isDead()) {
                throw new LauncherException(name + " ended while starting: " + lastLogLines());
            }
            if (System.nanoTime() > deadline) {
                throw new LauncherException(name + " was not ready after " + patience.toSeconds() + " s; see " + log);
            }
            Readiness.pause();
        }
        synchronized (this) {
            wasReady = true;
        }
    }

    private synchronized boolean isDead() {
        return process != null && !process.isAlive();
    }

    /** The last lines that are not part of a stack trace. */
    private String lastLogLines() {
        try (Stream<String> lines = Files.lines(log)) {
            List<String> said = lines.filter(line -> !line.isBlank() && !line.startsWith("\tat "))
                    .toList();
            return String.join(" | ", said.subList(Math.max(0, said.size() - 3), said.size())) + " (see " + log + ")";
        } catch (IOException | java.io.UncheckedIOException e) {
            return "see " + log;
        }
    }

    /** Asks it to end without waiting. */
    synchronized void askToStop() {
        stopping = true;
        if (process != null) {
            process.destroy();
        }
    }

    /** Ends it: politely, then by force. */
    @Override
    public void close() {
        askToStop();
        Process running;
        synchronized (this) {
            running = process;
        }
        if (running == null) {
            return;
        }
        try {
            if (!running.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)) {
                announce.accept(name + " did not stop within " + GRACE.toSeconds() + " s and is killed");
                running.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
