package dev.steelyard.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. */
@Command(
        name = "steelyard",
        mixinStandardHelpOptions = true,
        version = "steelyard 0.1.0",
        description = "A self-hosted platform for the life of model weights.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed or refused; of a job that is followed: it did not succeed",
            "2:wrong usage",
            "3:no gateway answered",
            "130:interrupted"
        },
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
                    Failure told = Failure.of(failure);
                    command.getErr().println("steelyard: " + told.line());
                    return told.exitCode();
                });
    }
}
