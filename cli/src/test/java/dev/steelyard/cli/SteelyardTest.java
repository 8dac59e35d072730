package dev.steelyard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.cli.client.Publication;
import dev.steelyard.cli.testing.CommandRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SteelyardTest {

    @TempDir
    Path data;

    @Test
    void every_command_explains_itself() {
        CommandLine root = Steelyard.commandLine();
        for (CommandLine command : root.getSubcommands().values()) {
            assertThat(command.getUsageMessage())
                    .contains("Usage: steelyard " + command.getCommandName())
                    .contains("--help");
        }
    }

    @Test
    void without_a_platform_the_error_is_one_line_that_says_what_to_do() {
        CommandRun run = CommandRun.of("jobs", "--data", data.toString());

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.errors().lines())
                .containsExactly("steelyard: no platform runs on " + data
                        + "; start one with `steelyard up`, or name a gateway with --url");
    }

    @Test
    void a_gateway_that_does_not_answer_is_named() {
        CommandRun run = CommandRun.of("jobs", "--url", "http://127.0.0.1:1", "--key", "k");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.errors())
                .contains("no gateway answers at http://127.0.0.1:1")
                .hasLineCount(1);
    }

    @Test
    void a_local_key_is_not_sent_to_another_gateway() {
        CommandRun run = CommandRun.of("jobs", "--url", "http://203.0.113.7:7070", "--data", data.toString());

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.errors()).contains("no API key for http://203.0.113.7:7070");
    }

    @Test
    void down_without_a_platform_is_no_failure() {
        assertThat(CommandRun.of("down", "--data", data.toString()).exit()).isZero();
    }

    @Test
    void what_is_to_be_published_is_read_with_and_without_a_version() {
        assertThat(SubmitCommand.publication("state=digits@3"))
                .isEqualTo(new Publication("state", "digits", Optional.of(3)));
        assertThat(SubmitCommand.publication("state=digits"))
                .isEqualTo(new Publication("state", "digits", Optional.empty()));
        for (String wrong : List.of("digits", "=digits", "state=", "state=digits@new", "state=digits@")) {
            assertThatThrownBy(() -> SubmitCommand.publication(wrong))
                    .hasMessageContaining("--publish '" + wrong + "': expected");
        }
    }
}
