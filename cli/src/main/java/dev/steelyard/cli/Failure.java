package dev.steelyard.cli;

import dev.steelyard.cli.client.ProblemException;
import dev.steelyard.cli.client.UnreachableException;
import dev.steelyard.launcher.LauncherException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import picocli.CommandLine.ExitCode;

/**
 * Why a command could not do what was asked.
 *
 * @param line what is told
 */
record Failure(int exitCode, String line) {
    /** No gateway answered. */
    static final int UNREACHABLE = 3;

    static Failure of(Exception failure) {
        return switch (failure) {
            case UnreachableException e -> new Failure(UNREACHABLE, message(e));
            case NoGatewayException e -> new Failure(UNREACHABLE, message(e));
            case UsageException e -> new Failure(ExitCode.USAGE, message(e));
            case IllegalArgumentException e -> new Failure(ExitCode.USAGE, message(e));
            case CommandException e -> new Failure(ExitCode.SOFTWARE, message(e));
            case ProblemException e -> new Failure(ExitCode.SOFTWARE, message(e));
            case LauncherException e -> new Failure(ExitCode.SOFTWARE, message(e));
            case UncheckedIOException e -> new Failure(ExitCode.SOFTWARE, words(Objects.requireNonNull(e.getCause())));
            case IOException e -> new Failure(ExitCode.SOFTWARE, words(e));
            default -> new Failure(ExitCode.SOFTWARE, failure.toString());
        };
    }

    /** What is wrong with a file, without the names of classes. */
    private static String words(IOException failure) {
        if (!(failure instanceof FileSystemException file) || file.getFile() == null) {
            return failure.getMessage() == null ? failure.toString() : failure.getMessage();
        }
        String why = file.getReason() == null ? reason(file) : file.getReason();
        return file.getFile() + ": " + why;
    }

    private static String reason(FileSystemException failure) {
        return switch (failure) {
            case NoSuchFileException e -> "no such file or folder";
            case AccessDeniedException e -> "permission denied";
            case FileAlreadyExistsException e -> "exists already and is no folder";
            default -> "cannot be used";
        };
    }

    private static String message(Exception failure) {
        return String.valueOf(failure.getMessage());
    }
}
