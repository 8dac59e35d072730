package dev.steelyard.cli;

import dev.steelyard.cli.client.Model;
import dev.steelyard.cli.client.SteelyardClient;
import dev.steelyard.cli.render.Table;
import dev.steelyard.cli.render.Text;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists registered models; its subcommands register versions and set aliases. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        description = "List registered models; register a version or set an alias.",
        subcommands = {ModelsCommand.Register.class, ModelsCommand.Alias.class, ModelsCommand.Unalias.class})
final class ModelsCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Mixin
    private Gateway gateway = new Gateway();

    @Override
    public Integer call() {
        try (SteelyardClient client = gateway.client()) {
            if (output.isJson()) {
                output.json(client.models().list());
                return 0;
            }
            Table table = new Table("MODEL", "VERSION", "ARTIFACT", "ALIASES", "DESCRIPTION");
            for (Model model : client.models().list()) {
                for (Model.Version version : model.versions()) {
                    table.row(
                            model.name(),
                            version.version(),
                            Text.shortId(version.artifact()),
                            aliases(model, version.version()),
                            version.description());
                }
            }
            output.lines(table.lines());
            return 0;
        }
    }

    private static String aliases(Model model, int version) {
        return model.aliases().entrySet().stream()
                .filter(alias -> alias.getValue() == version)
                .map(Map.Entry::getKey)
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /** Makes the next version of a model. */
    @Command(
            name = "register",
            mixinStandardHelpOptions = true,
            description = "Give an artifact a name: the next version of a model, or the first of a new one.")
    static final class Register implements Callable<Integer> {
        @Mixin
        private Output output = new Output();

        @Mixin
        private Gateway gateway = new Gateway();

        @Parameters(index = "0", paramLabel = "<name>", description = "of the model")
        private String name = "";

        @Parameters(index = "1", paramLabel = "<artifact>", description = "id or its start")
        private String artifact = "";

        @Option(names = "--description", paramLabel = "<text>", defaultValue = "", description = "one line")
        private String description = "";

        @Override
        public Integer call() {
            try (SteelyardClient client = gateway.client()) {
                Model.Version version =
                        client.models().register(name, new References(client).artifact(artifact), description);
                if (output.isJson()) {
                    output.json(version);
                } else {
                    output.line(name + ":" + version.version());
                }
                return 0;
            }
        }
    }

    /** Points an alias at a version. */
    @Command(
            name = "alias",
            mixinStandardHelpOptions = true,
            description = "Point an alias, such as production, at a version of a model.")
    static final class Alias implements Callable<Integer> {
        @Mixin
        private Gateway gateway = new Gateway();

        @Parameters(index = "0", paramLabel = "<name>", description = "of the model")
        private String name = "";

        @Parameters(index = "1", paramLabel = "<alias>", description = "new or not")
        private String alias = "";

        @Parameters(index = "2", paramLabel = "<version>", description = "its number")
        private int version;

        @Override
        public Integer call() {
            try (SteelyardClient client = gateway.client()) {
                client.models().alias(name, alias, version);
                return 0;
            }
        }
    }

    /** Takes an alias away. */
    @Command(name = "unalias", mixinStandardHelpOptions = true, description = "Take an alias away.")
    static final class Unalias implements Callable<Integer> {
        @Mixin
        private Gateway gateway = new Gateway();

        @Parameters(index = "0", paramLabel = "<name>", description = "of the model")
        private String name = "";

        @Parameters(index = "1", paramLabel = "<alias>", description = "to take away")
        private String alias = "";

        @Override
        public Integer call() {
            try (SteelyardClient client = gateway.client()) {
                client.models().removeAlias(name, alias);
                return 0;
            }
        }
    }
}
