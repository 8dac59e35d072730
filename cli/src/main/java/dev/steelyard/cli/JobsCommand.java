package dev.steelyard.cli;

import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.client.Jobs.Filter;
import dev.steelyard.cli.client.Page;
import dev.steelyard.cli.client.SteelyardClient;
import dev.steelyard.cli.render.Table;
import dev.steelyard.cli.render.Text;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists jobs. */
@Command(name = "jobs", mixinStandardHelpOptions = true, description = "List jobs, newest first.")
final class JobsCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Mixin
    private Gateway gateway = new Gateway();

    @Option(names = "--state", paramLabel = "<state>", defaultValue = "", description = "${COMPLETION-CANDIDATES}")
    private String state = "";

    @Option(names = "--method", paramLabel = "<service/method>", defaultValue = "", description = "of this method")
    private String method = "";

    @Option(names = "--label", paramLabel = "<name>:<value>", defaultValue = "", description = "with this label")
    private String label = "";

    @Option(names = "--limit", paramLabel = "<n>", defaultValue = "20", description = "at most (default 20)")
    private int limit;

    @Option(names = "--ids", description = "their ids only")
    private boolean ids;

    @Override
    public Integer call() {
        try (SteelyardClient client = gateway.client()) {
            Page<Job> page =
                    client.jobs().list(new Filter(state.toUpperCase(java.util.Locale.ROOT), method, label, limit), "");
            if (output.isJson()) {
                output.json(page.items());
                return 0;
            }
            if (ids) {
                page.items().forEach(job -> output.line(job.id()));
                return 0;
            }
            Table table = new Table("JOB", "METHOD", "STATE", "CREATED", "TIME");
            for (Job job : page.items()) {
                table.row(
                        job.id(),
                        job.method(),
                        job.state(),
                        Text.time(job.createdAt()),
                        JobView.time(job).orElse(""));
            }
            output.lines(table.lines());
            return 0;
        }
    }
}
