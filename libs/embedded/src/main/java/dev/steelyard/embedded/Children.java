package dev.steelyard.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * Starts child processes that do not outlive this JVM, even when it is killed: where util-linux is installed the kernel
 * sends each child a signal when the thread that started it ends, so all are started from one thread that never does.
 */
public final class Children {
    private static final Optional<Path> SET_PRIV = onPath("setpriv");
    private static final Optional<Path> SET_SID = onPath("setsid");

    private final ExecutorService starter = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("child-starter").factory());

    /** Whether children die with this JVM even when it is killed. */
    public static boolean tied() {
        return SET_PRIV.isPresent();
    }

    /**
     * Starts a process that is killed when this JVM is: without the broker, which lives here, it could not end in an
     * orderly way and would only wait.
     *
     * @throws EmbeddedException when the command cannot be run
     */
    public Process start(ProcessBuilder builder) {
        return run(builder.command(joined(tie("KILL"), builder.command())));
    }

    /** The words to put before a command so that it gets {@code signal} when its parent is gone; may be none. */
    static List<String> tie(String signal) {
        return SET_PRIV.map(path -> List.of(path.toString(), "--pdeathsig", signal, "--"))
                .orElse(List.of());
    }

    /**
     * Starts the command from the thread that lives as long as this JVM, in a session of its own: Ctrl-C in the terminal
     * is for this JVM, which then stops its children in their order.
     */
    Process run(ProcessBuilder builder) {
        String program = builder.command().getFirst();
        SET_SID.ifPresent(path -> builder.command(joined(List.of(path.toString()), builder.command())));
        try {
            return starter.submit(builder::start).get();
        } catch (ExecutionException e) {
            throw new EmbeddedException("cannot run " + program + ": " + reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedException("interrupted while starting " + program, e);
        }
    }

    private static List<String> joined(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private static String reason(ExecutionException e) {
        return e.getCause() instanceof IOException io ? String.valueOf(io.getMessage()) : String.valueOf(e.getCause());
    }

    static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(folder -> Path.of(folder.isEmpty() ? "." : folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
