package dev.steelyard.cli;

import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.client.SteelyardClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** End a job that is queued or running. */
@Command(name = "cancel", mixinStandardHelpOptions = true, description = "End a job that is queued or running.")
final class CancelCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Mixin
    private Gateway gateway = new Gateway();

    @Parameters(index = "0", paramLabel = "<job>", description = "its id or the start of it")
    private String id = "";

    @Override
    public Integer call() {
        try (SteelyardClient client = gateway.client()) {
            Job job = client.jobs().cancel(new References(client).job(id));
            if (output.isJson()) {
                output.json(job);
            } else {
                output.line("job " + job.id() + " "
                        + (job.state().ended() ? job.state() : "is asked to end and still " + job.state()));
            }
            return 0;
        }
    }
}
