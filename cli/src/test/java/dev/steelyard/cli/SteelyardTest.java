package dev.steelyard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.cli.client.Publication;
import dev.steelyard.cli.testing.CommandRun;
import dev.steelyard.cli.testing.StubGateway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
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

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.errors().lines())
                .containsExactly("steelyard: no platform runs on " + data
                        + "; start one with `steelyard up`, or name a gateway with --url");
    }

    @Test
    void a_gateway_that_does_not_answer_is_named() {
        CommandRun run = CommandRun.of("jobs", "--url", "http://127.0.0.1:1", "--key", "k");

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.errors())
                .contains("no gateway answers at http://127.0.0.1:1")
                .hasLineCount(1);
    }

    @Test
    void a_local_key_is_not_sent_to_another_gateway() {
        CommandRun run = CommandRun.of("jobs", "--url", "http://203.0.113.7:7070", "--data", data.toString());

        assertThat(run.exit()).isEqualTo(2);
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

    @Test
    void wrong_usage_has_an_exit_code_of_its_own_and_needs_no_gateway() {
        Map<List<String>, String> wrong = Map.of(
                List.of("submit", "probe/steps", "--param", "bits"), "--param 'bits': expected <name>=<value>",
                List.of("submit", "probe/steps", "--publish", "x"), "--publish 'x': expected",
                List.of("submit", "probe/steps", "--label", "=x"), "--label '=x': expected",
                List.of("jobs", "--label", "x"), "--label 'x': expected <name>=<value>",
                List.of("jobs", "--state", "done"), "QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED",
                List.of("job", "nothing"), "'nothing' is no job id",
                List.of("artifacts", "show", "minilm:new"), "the version after ':' must be a number",
                List.of("methods", "steps"), "expected <service>/<method>");
        wrong.forEach((words, message) -> {
            CommandRun run =
                    CommandRun.of(Stream.concat(words.stream(), Stream.of("--url=http://127.0.0.1:1", "--key=k"))
                            .toArray(String[]::new));

            assertThat(run.exit()).as("%s", words).isEqualTo(2);
            assertThat(run.errors()).contains(message);
        });
        assertThat(Steelyard.commandLine().getUsageMessage()).contains("2     wrong usage", "3     no gateway");
    }

    @Test
    void an_address_that_is_none_of_a_gateway_is_refused() {
        for (String url : List.of("localhost:7070", "ftp://localhost", "http://", "http://a b", "http://host/path")) {
            CommandRun run = CommandRun.of("jobs", "--url", url, "--key", "k");

            assertThat(run.exit()).as(url).isEqualTo(2);
            assertThat(run.errors()).contains("--url '" + url + "': expected http://<host>[:<port>]");
        }
        assertThat(CommandRun.of("jobs", "--url", "http://[::1]:1/", "--key", "k")
                        .exit())
                .isEqualTo(3);
    }

    @Test
    void what_is_wrong_with_a_file_is_said_in_words() {
        assertThat(Failure.of(new AccessDeniedException("/x")).line()).isEqualTo("/x: permission denied");
        assertThat(Failure.of(new UncheckedIOException(new NoSuchFileException("/x")))
                        .line())
                .isEqualTo("/x: no such file or folder");
        assertThat(Failure.of(new IOException("disk full")).line()).isEqualTo("disk full");
    }

    @Test
    void a_label_is_looked_for_as_it_was_submitted() {
        assertThat(JobsCommand.labelFilter("demo=1")).isEqualTo("demo:1");
        assertThat(JobsCommand.labelFilter("demo:1")).isEqualTo("demo:1");
        assertThat(JobsCommand.labelFilter("url=a:b=c")).isEqualTo("url:a:b=c");
    }

    @Test
    void cancelling_a_running_job_says_that_it_is_asked_for() throws IOException {
        String id = "01234567-89ab-cdef-0123-456789abcdef";
        AtomicReference<String> state = new AtomicReference<>("RUNNING");
        try (StubGateway gateway = StubGateway.start(exchange ->
                StubGateway.answer(exchange, 202, "{\"id\": \"" + id + "\", \"state\": \"" + state.get() + "\"}"))) {
            String[] cancel = {"cancel", id, "--url=" + gateway.url(), "--key=k"};
            assertThat(CommandRun.of(cancel).out().strip())
                    .isEqualTo("job " + id + " is asked to end and still RUNNING");

            state.set("CANCELLED");
            assertThat(CommandRun.of(cancel).out().strip()).isEqualTo("job " + id + " CANCELLED");
        }
    }
}
