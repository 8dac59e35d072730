package dev.steelyard.cli;

import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.client.Jobs.Filter;
import dev.steelyard.cli.client.Page;
import dev.steelyard.cli.client.SteelyardClient;
import dev.steelyard.cli.render.Table;
import dev.steelyard.cli.render.Text;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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

    @Option(names = "--state", paramLabel = "<state>", description = "one of ${COMPLETION-CANDIDATES}")
    private Job.@Nullable State state;

    @Option(names = "--method", paramLabel = "<service/method>", defaultValue = "", description = "of this method")
    private String method = "";

    @Option(names = "--label", paramLabel = "<name>=<value>", defaultValue = "", description = "with this label")
    private String label = "";

    @Option(names = "--limit", paramLabel = "<n>", defaultValue = "20", description = "at most (default 20)")
    private int limit;

    @Option(names = "--ids", description = "their ids only")
    private boolean ids;

    @Override
    public Integer call() {
        String wanted = label.isEmpty() ? "" : labelFilter(label);
        try (SteelyardClient client = gateway.client()) {
            Page<Job> page =
                    client.jobs().list(new Filter(state == null ? "" : state.name(), method, wanted, limit), "");
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

    /** "name=value", as it was submitted, or "name:value", as the interface has it; in the second form. */
    static String labelFilter(String text) {
        String[] parts = text.split("[=:]", 2);
        if (parts.length < 2 || parts[0].isEmpty()) {
            throw new UsageException("--label '" + text + "': expected <name>=<value>");
        }
        return parts[0] + ":" + parts[1];
    }
}
