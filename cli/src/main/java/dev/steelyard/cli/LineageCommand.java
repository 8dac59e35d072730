package dev.steelyard.cli;

import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.client.LineageGraph;
import dev.steelyard.cli.client.ProblemException;
import dev.steelyard.cli.client.SteelyardClient;
import dev.steelyard.cli.render.LineageTree;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws where an artifact or a job's outputs come from. */
@Command(
        name = "lineage",
        mixinStandardHelpOptions = true,
        description = "Draw what an artifact, or a job's outputs, were made of; or what was made of an artifact.")
final class LineageCommand implements Callable<Integer> {
    private static final int NOT_FOUND = 404;

    @Mixin
    private Output output = new Output();

    @Mixin
    private Gateway gateway = new Gateway();

    @Parameters(
            index = "0",
            paramLabel = "<artifact or job>",
            description = "an artifact's id, its start, a model's name, or a job's id")
    private String reference = "";

    @Option(names = "--descendants", description = "what was made of it, instead of what it was made of")
    private boolean descendants;

    @Option(names = "--depth", paramLabel = "<n>", defaultValue = "0", description = "steps at most")
    private int depth;

    @Override
    public Integer call() {
        try (SteelyardClient client = gateway.client()) {
            for (String artifact : artifacts(client)) {
                draw(client, artifact);
            }
            return 0;
        }
    }

    private void draw(SteelyardClient client, String artifact) {
        LineageGraph graph = descendants
                ? client.lineage().descendants(artifact, depth)
                : client.lineage().ancestors(artifact, depth);
        if (output.isJson()) {
            output.json(graph);
        } else {
            output.lines((descendants ? LineageTree.descendants(graph) : LineageTree.ancestors(graph)).lines());
        }
    }

    private List<String> artifacts(SteelyardClient client) {
        if (reference.matches("[0-9a-f]{8}-[0-9a-f-]{27}")) {
            return ofJob(client, reference);
        }
        References references = new References(client);
        try {
            return List.of(references.artifact(reference));
        } catch (ProblemException e) {
            if (e.problem().status() == NOT_FOUND && reference.matches("[0-9a-f-]{4,36}")) {
                return ofJob(client, references.job(reference));
            }
            throw e;
        }
    }

    private static List<String> ofJob(SteelyardClient client, String id) {
        Job job = client.jobs().get(id);
        if (job.outputs().isEmpty()) {
            throw new CommandException("job " + job.id() + " is " + job.state() + " and has no outputs");
        }
        return job.outputs().values().stream()
                .map(Job.Output::artifact)
                .distinct()
                .toList();
    }
}
