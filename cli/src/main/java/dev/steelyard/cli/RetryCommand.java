package dev.steelyard.cli;

import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.client.SteelyardClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Run a failed or cancelled job again. */
@Command(name = "retry", mixinStandardHelpOptions = true, description = "Run a failed or cancelled job again.")
final class RetryCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Mixin
    private Gateway gateway = new Gateway();

    @Parameters(index = "0", paramLabel = "<job>", description = "its id or the start of it")
    private String id = "";

    @Override
    public Integer call() {
        try (SteelyardClient client = gateway.client()) {
            Job job = client.jobs().retry(new References(client).job(id));
            WorkerNotes.of(job, client).ifPresent(output::note);
            if (output.isJson()) {
                output.json(job);
            } else {
                output.line("job " + job.id() + " " + job.state());
            }
            return 0;
        }
    }
}
