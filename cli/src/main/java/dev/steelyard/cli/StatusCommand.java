package dev.steelyard.cli;

import dev.steelyard.cli.render.Table;
import dev.steelyard.launcher.RunState;
import java.util.ArrayList;
import java.util.List;
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
    private LocalPlatform platform = new LocalPlatform();

    /** One process and whether it can do its work. */
    record Part(String name, String url, boolean ready) {}

    /**
     * What is told to programs.
     *
     * @param pid of the launcher; 0 when none runs
     * @param ready whether all of it is
     */
    record Answer(String data, long pid, boolean ready, String gateway, String adminKeyFile, List<Part> processes) {}

    @Override
    public Integer call() {
        Answer answer = RunState.read(platform.data())
                .map(this::ask)
                .orElseGet(() -> new Answer(platform.data().toString(), 0, false, "", "", List.of()));
        if (output.isJson()) {
            output.json(answer);
        } else if (answer.pid() == 0) {
            output.line("no platform runs on " + answer.data());
        } else {
            output.line("platform on " + answer.data() + " (pid " + answer.pid() + ")");
            Table table = new Table("PROCESS", "STATE", "URL");
            answer.processes()
                    .forEach(each -> table.row(each.name(), each.ready() ? "ready" : "not ready", each.url()));
            output.lines(table.lines());
        }
        return answer.ready() ? 0 : 1;
    }

    private Answer ask(RunState state) {
        List<Part> parts = new ArrayList<>();
        parts.add(new Part("kafka", state.kafka(), state.isKafkaUp()));
        parts.add(new Part("postgres", state.postgres(), state.isPostgresUp()));
        state.processes().forEach(each -> parts.add(new Part(each.name(), each.url(), each.isReady())));
        boolean ready = state.ready() && parts.stream().allMatch(Part::ready);
        return new Answer(platform.data().toString(), state.pid(), ready, state.gateway(), state.adminKeyFile(), parts);
    }
}
