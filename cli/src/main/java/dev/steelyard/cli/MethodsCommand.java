package dev.steelyard.cli;

import dev.steelyard.cli.client.MethodInfo;
import dev.steelyard.cli.client.SteelyardClient;
import dev.steelyard.cli.render.MethodHelp;
import dev.steelyard.cli.render.Table;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists what the services can do, or explains one method. */
@Command(
        name = "methods",
        mixinStandardHelpOptions = true,
        description = "List what the services can do, or explain one method with its parameters.")
final class MethodsCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Mixin
    private Gateway gateway = new Gateway();

    @Parameters(index = "0", arity = "0..1", paramLabel = "<service/method>", description = "the one to explain")
    private @Nullable String method;

    @Override
    public Integer call() {
        try (SteelyardClient client = gateway.client()) {
            if (method == null) {
                list(client.methods().list());
            } else {
                explain(client.methods().get(method));
            }
        }
        return 0;
    }

    private void explain(MethodInfo info) {
        if (output.isJson()) {
            output.json(info);
            return;
        }
        output.lines(MethodHelp.lines(info));
        WorkerNotes.of(List.of(info)).forEach(output::note);
    }

    private void list(List<MethodInfo> methods) {
        if (output.isJson()) {
            output.json(methods);
            return;
        }
        Table table = new Table("METHOD", "VERSION", "SUMMARY");
        methods.stream()
                .sorted(Comparator.comparing(MethodInfo::id))
                .forEach(each -> table.row(each.id(), each.version(), each.summary()));
        output.lines(table.lines());
        WorkerNotes.of(methods).forEach(output::note);
    }
}
