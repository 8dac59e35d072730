package dev.steelyard.cli;

import dev.steelyard.cli.client.Artifact;
import dev.steelyard.cli.client.ArtifactForm;
import dev.steelyard.cli.client.Artifacts;
import dev.steelyard.cli.client.Page;
import dev.steelyard.cli.client.SteelyardClient;
import dev.steelyard.cli.render.Table;
import dev.steelyard.cli.render.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists artifacts; its subcommands show, import and download one. */
@Command(
        name = "artifacts",
        mixinStandardHelpOptions = true,
        description = "List artifacts, newest first; show, import or download one.",
        subcommands = {ArtifactsCommand.Show.class, ArtifactsCommand.Import.class, DownloadCommand.class})
final class ArtifactsCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Mixin
    private Gateway gateway = new Gateway();

    @Option(names = "--kind", paramLabel = "<kind>", defaultValue = "", description = "model, dataset or report")
    private String kind = "";

    @Option(names = "--limit", paramLabel = "<n>", defaultValue = "20", description = "at most (default 20)")
    private int limit;

    @Override
    public Integer call() {
        try (SteelyardClient client = gateway.client()) {
            Page<Artifact> page = client.artifacts().list(kind, limit, "");
            if (output.isJson()) {
                output.json(page.items());
                return 0;
            }
            Table table = new Table("ARTIFACT", "KIND", "SIZE", "CREATED", "FROM");
            for (Artifact artifact : page.items()) {
                table.row(
                        Text.shortId(artifact.id()),
                        artifact.kind(),
                        Text.size(artifact.size()),
                        Text.time(artifact.createdAt()),
                        origin(artifact));
            }
            output.lines(table.lines());
            return 0;
        }
    }

    private static String origin(Artifact artifact) {
        return artifact.producedBy().isEmpty() ? artifact.source() : "job " + Text.shortId(artifact.producedBy());
    }

    /** Shows one artifact with its files. */
    @Command(name = "show", mixinStandardHelpOptions = true, description = "Show one artifact with its files.")
    static final class Show implements Callable<Integer> {
        @Mixin
        private Output output = new Output();

        @Mixin
        private Gateway gateway = new Gateway();

        @Parameters(index = "0", paramLabel = "<artifact>", description = "id, its start, or a model's name")
        private String reference = "";

        @Override
        public Integer call() {
            try (SteelyardClient client = gateway.client()) {
                Artifact artifact = client.artifacts().get(new References(client).artifact(reference));
                if (output.isJson()) {
                    output.json(artifact);
                    return 0;
                }
                output.line(artifact.id() + "  " + artifact.kind() + "  " + Text.size(artifact.size()));
                if (!origin(artifact).isEmpty()) {
                    output.line("  from " + origin(artifact));
                }
                Table table = new Table("FILE", "SIZE", "SHA-256");
                artifact.files().forEach(file -> table.row(file.path(), Text.size(file.size()), file.sha256()));
                table.lines().forEach(line -> output.line("  " + line));
                return 0;
            }
        }
    }

    /** Brings files into the platform. */
    @Command(
            name = "import",
            mixinStandardHelpOptions = true,
            description =
                    "Bring in a file or a folder from this machine, but for what is hidden in it (.git), or have the "
                            + "gateway fetch a URL.")
    static final class Import implements Callable<Integer> {
        @Mixin
        private Output output = new Output();

        @Mixin
        private Gateway gateway = new Gateway();

        @Parameters(
                index = "0",
                paramLabel = "<path or url>",
                description = "a path here, https://…, or file:///… below an import root of the gateway")
        private String source = "";

        @Option(names = "--kind", required = true, paramLabel = "<kind>", description = "model, dataset or report")
        private String kind = "";

        @Option(
                names = "--weights",
                paramLabel = "<type>",
                description = "of a model that comes as a GGUF file: bf16 (default) or fp32, which is exact")
        private @Nullable String weights;

        @Override
        public Integer call() throws IOException {
            try (SteelyardClient client = gateway.client()) {
                Artifact artifact = source.matches("[a-z][a-z0-9]+:.*")
                        ? client.artifacts().importFrom(source, form())
                        : upload(client, Path.of(source));
                if (output.isJson()) {
                    output.json(artifact);
                } else {
                    output.line(artifact.id());
                }
                return 0;
            }
        }

        private ArtifactForm form() {
            return new ArtifactForm(kind, Optional.ofNullable(weights));
        }

        private Artifact upload(SteelyardClient client, Path path) throws IOException {
            if (!Files.exists(path)) {
                throw new CommandException(path + " does not exist");
            }
            return client.artifacts().upload(path, form(), new Telling(output));
        }
    }

    /** Tells of few files each, of many each thousandth. */
    private record Telling(Output output) implements Artifacts.Sending {
        private static final int FEW = 1000;

        @Override
        public void begins(Path file, int number, int count) {
            if (count <= FEW || number % FEW == 0) {
                output.note(count == 1 ? "sending " + file : "sending %s (%d of %d)".formatted(file, number, count));
            }
        }

        @Override
        public void leavesOut(Path hidden) {
            output.note("not sending " + hidden + ", which is hidden");
        }
    }
}
