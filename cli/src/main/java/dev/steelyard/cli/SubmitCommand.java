package dev.steelyard.cli;

import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.client.Publication;
import dev.steelyard.cli.client.SteelyardClient;
import dev.steelyard.cli.client.Submission;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Submits a job. */
@Command(
        name = "submit",
        mixinStandardHelpOptions = true,
        description = "Submit a job. `steelyard methods <service/method>` shows what a method takes.")
final class SubmitCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Mixin
    private Gateway gateway = new Gateway();

    @Parameters(index = "0", paramLabel = "<service/method>", description = "such as quantizer/finequant")
    private String method = "";

    @Option(
            names = {"-i", "--input"},
            paramLabel = "<name>=<reference>",
            description = "an artifact id, or a model: name, name@alias or name:version; repeatable")
    private List<String> inputs = List.of();

    @Option(names = "--model", paramLabel = "<reference>", description = "short for --input model=<reference>")
    private @Nullable String model;

    @Option(
            names = {"-p", "--param"},
            paramLabel = "<name>=<value>",
            description = "a parameter, or a field of one (optimizer.name=adamp); the others take their defaults; "
                    + "repeatable")
    private List<String> params = List.of();

    @Option(
            names = "--publish",
            paramLabel = "<output>=<model>[@<version>]",
            description = "make an output the model's next version when the job succeeds; with a version only if that "
                    + "is still the newest, 0: if there is none")
    private @Nullable String publish;

    @Option(names = "--seed", paramLabel = "<number>", description = "of every random choice; else 0")
    private @Nullable Long seed;

    @Option(names = "--no-cache", description = "compute even if the result is known")
    private boolean noCache;

    @Option(names = "--timeout", paramLabel = "<ISO 8601>", description = "longest one attempt may run, such as PT30M")
    private @Nullable String timeout;

    @Option(names = "--label", paramLabel = "<name>=<value>", description = "to find the job by; repeatable")
    private List<String> labels = List.of();

    @Option(names = "--idempotency-key", paramLabel = "<key>", description = "the same key again gives the same job")
    private @Nullable String idempotencyKey;

    @Option(
            names = {"-f", "--follow"},
            description = "show the job until it ends; exit code 1 if it fails")
    private boolean follow;

    @Override
    public Integer call() {
        Map<String, String> given = Assignments.parse("--param", params);
        Submission plain = plain();
        try (SteelyardClient client = gateway.client()) {
            Submission submission = complete(plain, given, client);
            Job job = idempotencyKey == null
                    ? client.jobs().submit(submission)
                    : client.jobs().submit(submission, idempotencyKey);
            WorkerNotes.of(job, client).ifPresent(output::note);
            if (follow) {
                return new Follow(client, output).toEnd(job);
            }
            if (output.isJson()) {
                output.json(job);
            } else {
                output.line(job.id());
            }
            return 0;
        }
    }

    /** What can be said without a gateway: no parameters, references as they were written. */
    private Submission plain() {
        Map<String, String> references = Assignments.parse("--input", inputs);
        if (model != null) {
            references.put("model", model);
        }
        return new Submission(
                method,
                Map.of(),
                references,
                Optional.ofNullable(seed),
                noCache ? Optional.of(false) : Optional.empty(),
                Optional.ofNullable(timeout),
                Assignments.parse("--label", labels),
                Optional.ofNullable(publish).map(SubmitCommand::publication));
    }

    private static Submission complete(Submission plain, Map<String, String> given, SteelyardClient client) {
        Submission complete = plain;
        References whole = new References(client);
        for (Map.Entry<String, String> input : plain.inputs().entrySet()) {
            if (References.isArtifact(input.getValue())) {
                complete = complete.input(input.getKey(), whole.artifact(input.getValue()));
            }
        }
        if (!given.isEmpty()) {
            JsonNode schema = client.methods().get(plain.method()).paramsSchema();
            for (Map.Entry<String, Object> param :
                    Assignments.params(given, schema).entrySet()) {
                complete = complete.param(param.getKey(), param.getValue());
            }
        }
        return complete;
    }

    /** "state=digits@3" */
    static Publication publication(String text) {
        int equals = text.indexOf('=');
        int at = text.lastIndexOf('@');
        String end = at > equals ? text.substring(at + 1) : "";
        if (equals <= 0 || equals + 1 == text.length() || (at > equals && !end.matches("\\d{1,9}"))) {
            throw new UsageException(
                    "--publish '" + text + "': expected <output>=<model> or <output>=<model>@<version>");
        }
        return new Publication(
                text.substring(0, equals),
                text.substring(equals + 1, at > equals ? at : text.length()),
                end.isEmpty() ? Optional.empty() : Optional.of(Integer.valueOf(end)));
    }
}
