package dev.steelyard.cli;

import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.client.Jobs.LogLine;
import dev.steelyard.cli.client.Jobs.MetricPoint;
import dev.steelyard.cli.client.SteelyardClient;
import dev.steelyard.cli.render.Table;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows one job. */
@Command(name = "job", mixinStandardHelpOptions = true, description = "Show one job.")
final class JobCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Mixin
    private Gateway gateway = new Gateway();

    @Parameters(index = "0", paramLabel = "<job>", description = "its id or the start of it")
    private String id = "";

    @Option(names = "--logs", description = "what it wrote")
    private boolean logs;

    @Option(names = "--metrics", description = "the figures it reported")
    private boolean metrics;

    @Option(
            names = {"-f", "--follow"},
            description = "show it until it ends; exit code 1 if it fails")
    private boolean follow;

    @Override
    public Integer call() {
        try (SteelyardClient client = gateway.client()) {
            String whole = new References(client).job(id);
            if (logs) {
                show(client.jobs().logs(whole));
            } else if (metrics) {
                showFigures(client.jobs().metrics(whole));
            } else {
                Job job = client.jobs().get(whole);
                WorkerNotes.of(job, client).ifPresent(output::note);
                if (follow) {
                    return new Follow(client, output).toEnd(job);
                }
                show(job);
            }
            return 0;
        }
    }

    private void show(Job job) {
        if (output.isJson()) {
            output.json(job);
        } else {
            output.lines(JobView.whole(job));
        }
    }

    private void show(List<LogLine> lines) {
        if (output.isJson()) {
            output.json(lines);
        } else {
            output.lines(lines.stream()
                    .map(line -> line.at() + "  " + line.level() + "  " + line.message())
                    .toList());
        }
    }

    private void showFigures(List<MetricPoint> points) {
        if (output.isJson()) {
            output.json(points);
            return;
        }
        Table table = new Table("FIGURE", "STEP", "VALUE");
        points.forEach(point -> table.row(point.name(), point.step(), point.value()));
        output.lines(table.lines());
    }
}
