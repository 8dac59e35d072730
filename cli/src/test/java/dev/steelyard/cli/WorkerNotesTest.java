package dev.steelyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.cli.testing.CommandRun;
import dev.steelyard.cli.testing.StubGateway;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class WorkerNotesTest {
    private static final String NONE_RUNS = "no worker of probe runs now: job 7 waits for one";

    @Test
    void a_job_that_no_worker_will_take_is_told_of_beside_the_answer() throws Exception {
        try (StubGateway gateway = gateway("QUEUED", ", \"running\": false")) {
            CommandRun run = CommandRun.of(
                    "submit", "probe/steps", "--url", gateway.url().toString(), "--key", "k");
            assertThat(run.exit()).isZero();
            assertThat(run.out()).isEqualToIgnoringNewLines("7");
            assertThat(run.errors()).isEqualToIgnoringNewLines(NONE_RUNS);
        }
    }

    @Test
    void nothing_is_said_where_workers_run_or_nobody_knows_or_the_job_has_one() throws Exception {
        assertThat(errors("QUEUED", ", \"running\": true")).isEmpty();
        assertThat(errors("QUEUED", "")).isEmpty();
        assertThat(errors("RUNNING", ", \"running\": false")).isEmpty();
    }

    @Test
    void methods_are_listed_with_services_that_do_not_run() throws Exception {
        try (StubGateway gateway = gateway("QUEUED", ", \"running\": false")) {
            CommandRun run = CommandRun.of("methods", "--url", gateway.url().toString(), "--key", "k");
            assertThat(run.out()).contains("probe/steps");
            assertThat(run.errors()).isEqualToIgnoringNewLines("no worker of probe runs now");
        }
    }

    private static String errors(String state, String running) throws IOException {
        try (StubGateway gateway = gateway(state, running)) {
            return CommandRun.of("submit", "probe/steps", "--url", gateway.url().toString(), "--key", "k")
                    .errors();
        }
    }

    private static StubGateway gateway(String state, String running) throws IOException {
        String method = """
                {"id": "probe/steps", "service": "probe", "name": "steps", "version": "1", "summary": "Steps.",
                 "description": "", "short": false, "inputs": [], "outputs": [], "paramsSchema": {}, "examples": []%s}
                """.formatted(running);
        String job = """
                {"id": "7", "method": "probe/steps", "methodVersion": "1", "state": "%s", "params": {}, "inputs": {},
                 "seed": 0, "cache": true, "labels": {}, "dispatch": 1}
                """.formatted(state);
        return StubGateway.start(exchange -> {
            String path = exchange.getRequestURI().getPath();
            switch (path) {
                case "/v1/jobs" -> StubGateway.answer(exchange, 201, job);
                case "/v1/methods" -> StubGateway.answer(exchange, 200, "{\"items\": [" + method + "]}");
                case "/v1/methods/probe/steps" -> StubGateway.answer(exchange, 200, method);
                default -> StubGateway.answer(exchange, 404, "");
            }
        });
    }
}
