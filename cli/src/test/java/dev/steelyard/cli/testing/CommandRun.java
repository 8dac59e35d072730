package dev.steelyard.cli.testing;

import dev.steelyard.cli.Steelyard;
import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * One run of a command in this process.
 *
 * @param out what it answered
 * @param errors what it said besides
 */
public record CommandRun(int exit, String out, String errors) {

    public static CommandRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter errors = new StringWriter();
        int exit = Steelyard.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(errors, true))
                .execute(arguments);
        return new CommandRun(exit, out.toString(), errors.toString());
    }
}
