package dev.steelyard.worker.job;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.method.MethodException;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.JobEvent.Failed;
import dev.steelyard.proto.v1.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.stream.Stream;

/** What a failure means to the user: one line, a stable code, where to look, and whether trying again can help. */
final class Problems {
    private static final int LONGEST_DETAIL = 500;

    private Problems() {}

    /** The Failed event for what a run threw. */
    static JobEvent of(Throwable thrown) {
        return switch (thrown) {
            case MethodException e -> permanent(fromMethod(e));
            case ArtifactException e -> permanent(fromArtifact(e));
            case UncheckedIOException e when e.getCause() != null -> of(e.getCause());
            case Throwable e
            when isDiskFull(e) -> permanent(problem("disk-full", "the worker's disk is full: " + e.getMessage()));
            case InterruptedException _, ClosedByInterruptException _ ->
                passing(problem("interrupted", "the run was interrupted"));
            case IOException e -> passing(problem("io", named(e)));
            case OutOfMemoryError e -> permanent(problem("out-of-memory", outOfMemory(e)));
            default -> permanent(problem("internal", named(thrown)));
        };
    }

    /** Whether the cause is the worker's own and its stack trace is worth a look. */
    static boolean isOwnFault(JobEvent failed) {
        return switch (failed.getFailed().getProblem().getCode()) {
            case "internal", "io", "out-of-memory", "interrupted" -> true;
            default -> false;
        };
    }

    private static Problem.Builder fromMethod(MethodException e) {
        Problem.Builder problem = problem(e.code(), String.valueOf(e.getMessage()));
        e.field().ifPresent(problem::setField);
        e.file().ifPresent(problem::setFile);
        e.tensor().ifPresent(problem::setTensor);
        return problem;
    }

    private static Problem.Builder fromArtifact(ArtifactException e) {
        Problem.Builder problem = problem("bad-input", String.valueOf(e.getMessage()));
        e.file().ifPresent(problem::setFile);
        e.tensor().ifPresent(problem::setTensor);
        return problem;
    }

    private static boolean isDiskFull(Throwable thrown) {
        return Stream.iterate(thrown, t -> t != null, Throwable::getCause)
                .limit(20)
                .anyMatch(t -> t instanceof DiskFullException
                        || String.valueOf(t.getMessage()).contains("No space left on device")
                        || String.valueOf(t.getMessage()).contains("Disk quota exceeded"));
    }

    private static String outOfMemory(OutOfMemoryError e) {
        long heap = Runtime.getRuntime().maxMemory() >> 20;
        return "the job needs more memory than this worker has (heap " + heap + " MiB): " + e.getMessage();
    }

    private static String named(Throwable thrown) {
        String message = thrown.getMessage();
        return thrown.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    private static Problem.Builder problem(String code, String detail) {
        String line = detail.replaceAll("\\s+", " ").strip();
        return Problem.newBuilder()
                .setCode(code)
                .setDetail(line.length() <= LONGEST_DETAIL ? line : line.substring(0, LONGEST_DETAIL) + "…");
    }

    private static JobEvent permanent(Problem.Builder problem) {
        return JobEvent.newBuilder()
                .setFailed(Failed.newBuilder().setProblem(problem))
                .build();
    }

    private static JobEvent passing(Problem.Builder problem) {
        return JobEvent.newBuilder()
                .setFailed(Failed.newBuilder().setProblem(problem).setTransient(true))
                .build();
    }
}
