package dev.steelyard.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import tools.jackson.databind.json.JsonMapper;

/** How a command answers: lines for people, or JSON for programs. */
final class Output {
    @Spec(Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--json", description = "answer with JSON")
    private boolean json;

    boolean isJson() {
        return json;
    }

    void line(String line) {
        writer().println(line);
        writer().flush();
    }

    void lines(List<String> lines) {
        lines.forEach(writer()::println);
        writer().flush();
    }

    /** Lines for people to the error stream, so that the answer stays clean. */
    void note(String line) {
        PrintWriter errors = command.commandLine().getErr();
        errors.println(line);
        errors.flush();
    }

    void json(Object value) {
        line(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(value));
    }

    PrintWriter writer() {
        return command.commandLine().getOut();
    }
}
