package dev.steelyard.worker.job;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.store.FullDisk;
import dev.steelyard.method.MethodException;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.JobEvent.Failed;
import dev.steelyard.proto.v1.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What a failure means to the user: one line, a stable code, where to look, and whether trying again can help. */
final class Problems {
    private static final int LONGEST_DETAIL = 500;

    private Problems() {}

    /**
     * The Failed event for what a run threw.
     *
     * @param inputs that it may be the fault of: what was read there is named by the input, too
     */
    static JobEvent of(Throwable thrown, StagedInputs inputs) {
        return switch (thrown) {
            case MethodException e -> permanent(fromMethod(e, inputs));
            case ArtifactException e -> permanent(fromArtifact(e, inputs));
            case NoSuchFileException e ->
                missing(e, inputs).map(Problems::permanent).orElseGet(() -> passing(problem("io", named(e))));
            case UncheckedIOException e when e.getCause() != null -> of(e.getCause(), inputs);
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

    private static Problem.Builder fromMethod(MethodException e, StagedInputs inputs) {
        Problem.Builder problem = problem(e.code(), named(e, e.place(), inputs));
        e.field().ifPresent(problem::setField);
        e.file().ifPresent(problem::setFile);
        e.tensor().ifPresent(problem::setTensor);
        return problem;
    }

    private static Problem.Builder fromArtifact(ArtifactException e, StagedInputs inputs) {
        Problem.Builder problem = problem("bad-input", named(e, e.place(), inputs));
        e.file().ifPresent(problem::setFile);
        e.tensor().ifPresent(problem::setTensor);
        return problem;
    }

    /** The message, after the name of the input that it is about: files of one name may be in several. */
    private static String named(Exception e, Optional<Path> place, StagedInputs inputs) {
        String input =
                place.flatMap(inputs::find).map(found -> found.input() + ": ").orElse("");
        return input + e.getMessage();
    }

    /** A file that an input lacks is the input's fault, not the disk's. */
    private static Optional<Problem.Builder> missing(NoSuchFileException e, StagedInputs inputs) {
        return Optional.ofNullable(e.getFile())
                .map(Path::of)
                .flatMap(inputs::find)
                .map(place -> problem("bad-input", place.input() + ": " + place.file() + ": no such file")
                        .setFile(place.file()));
    }

    private static boolean isDiskFull(Throwable thrown) {
        return FullDisk.causes(thrown)
                || Stream.iterate(thrown, t -> t != null, Throwable::getCause)
                        .limit(20)
                        .anyMatch(DiskFullException.class::isInstance);
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
