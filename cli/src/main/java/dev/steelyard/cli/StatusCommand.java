package dev.steelyard.cli;

import dev.steelyard.cli.render.Table;
import dev.steelyard.launcher.RunState;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows how the platform on this machine is. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Show how the platform on this machine is. Exit code 1 unless all of it is ready.")
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Mixin
    private Gateway gateway = new Gateway();

    @Override
    public Integer call() {
        Optional<RunState> running = RunState.read(gateway.data());
        if (running.isEmpty()) {
            output.line("no platform runs on " + gateway.data());
            return 1;
        }
        RunState state = running.get();
        if (output.isJson()) {
            output.json(state);
            return state.ready() ? 0 : 1;
        }
        boolean ready = state.ready();
        output.line("platform on " + gateway.data() + " (pid " + state.pid() + ")");
        Table table = new Table("PROCESS", "STATE", "URL");
        table.row("kafka", "up", state.kafka());
        table.row("postgres", "up", state.postgres());
        for (RunState.ServiceState process : state.processes()) {
            boolean answers = process.isReady();
            ready &= answers;
            table.row(process.name(), answers ? "ready" : "not ready", process.url());
        }
        output.lines(table.lines());
        return ready ? 0 : 1;
    }
}
