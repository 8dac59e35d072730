package dev.steelyard.cli;

import dev.steelyard.cli.client.Keys;
import dev.steelyard.cli.client.SteelyardClient;
import dev.steelyard.cli.render.Table;
import dev.steelyard.cli.render.Text;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists API keys; its subcommands make and revoke them. */
@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        description = "List API keys; create or revoke one.",
        subcommands = {KeysCommand.Create.class, KeysCommand.Revoke.class})
final class KeysCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Mixin
    private Gateway gateway = new Gateway();

    @Override
    public Integer call() {
        try (SteelyardClient client = gateway.client()) {
            if (output.isJson()) {
                output.json(client.keys().list());
                return 0;
            }
            Table table = new Table("KEY", "NAME", "ROLE", "CREATED", "REVOKED");
            client.keys()
                    .list()
                    .forEach(key -> table.row(
                            key.id(), key.name(), key.role(), Text.time(key.createdAt()), Text.time(key.revokedAt())));
            output.lines(table.lines());
            return 0;
        }
    }

    /** Makes a key. */
    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Create a key. It is printed now and never again.")
    static final class Create implements Callable<Integer> {
        @Mixin
        private Output output = new Output();

        @Mixin
        private Gateway gateway = new Gateway();

        @Parameters(index = "0", paramLabel = "<name>", description = "whom or what it is for")
        private String name = "";

        @Option(names = "--role", required = true, paramLabel = "<role>", description = "reader, submitter or admin")
        private String role = "";

        @Override
        public Integer call() {
            try (SteelyardClient client = gateway.client()) {
                Keys.Key key = client.keys().create(name, role);
                if (output.isJson()) {
                    output.json(key);
                } else {
                    output.line(key.key());
                }
                return 0;
            }
        }
    }

    /** Takes a key's power away. */
    @Command(name = "revoke", mixinStandardHelpOptions = true, description = "Revoke a key.")
    static final class Revoke implements Callable<Integer> {
        @Mixin
        private Gateway gateway = new Gateway();

        @Parameters(index = "0", paramLabel = "<id>", description = "of the key, not the key itself")
        private String id = "";

        @Override
        public Integer call() {
            try (SteelyardClient client = gateway.client()) {
                client.keys().revoke(id);
                return 0;
            }
        }
    }
}
