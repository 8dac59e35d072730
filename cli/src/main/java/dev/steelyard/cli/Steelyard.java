package dev.steelyard.cli;

import dev.steelyard.cli.client.ProblemException;
import dev.steelyard.cli.client.UnreachableException;
import dev.steelyard.launcher.LauncherException;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. Exit codes: 0 done, 1 failed or refused, 2 wrong usage, 130 interrupted. */
@Command(
        name = "steelyard",
        mixinStandardHelpOptions = true,
        version = "steelyard 0.1.0",
        description = "A self-hosted platform for the life of model weights.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            MethodsCommand.class,
            SubmitCommand.class,
            JobsCommand.class,
            JobCommand.class,
            CancelCommand.class,
            RetryCommand.class,
            ArtifactsCommand.class,
            ModelsCommand.class,
            LineageCommand.class,
            KeysCommand.class,
            AotCommand.class
        })
public final class Steelyard {
    private Steelyard() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The command line, for tests and for programs that run commands in process. */
    public static CommandLine commandLine() {
        return new CommandLine(new Steelyard())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println("steelyard: " + oneLine(failure));
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }

    private static String oneLine(Exception failure) {
        return switch (failure) {
            case ProblemException e -> String.valueOf(e.getMessage());
            case UnreachableException e -> String.valueOf(e.getMessage());
            case LauncherException e -> String.valueOf(e.getMessage());
            case CommandException e -> String.valueOf(e.getMessage());
            case IllegalArgumentException e -> String.valueOf(e.getMessage());
            case UncheckedIOException e -> String.valueOf(e.getCause());
            default -> failure.toString();
        };
    }
}
