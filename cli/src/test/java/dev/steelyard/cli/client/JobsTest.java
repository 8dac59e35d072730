package dev.steelyard.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.cli.testing.StubGateway;
import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JobsTest {
    private static final int ALL = 10_007;

    @Test
    void logs_and_figures_are_read_to_their_end() throws IOException {
        try (StubGateway gateway = StubGateway.start(exchange -> {
                    String query = exchange.getRequestURI().getQuery();
                    int after =
                            query.startsWith("after=") ? Integer.parseInt(query.substring(6, query.indexOf('&'))) : 0;
                    StubGateway.answer(exchange, 200, entriesAfter(after));
                });
                SteelyardClient client = new SteelyardClient(gateway.url(), "key")) {
            assertThat(client.jobs().logs("7"))
                    .hasSize(ALL)
                    .extracting(Jobs.LogLine::id)
                    .isSorted();
            assertThat(client.jobs().metrics("7")).hasSize(ALL);
            assertThat(gateway.asked())
                    .containsExactly(
                            "GET /v1/jobs/7/logs?limit=10000",
                            "GET /v1/jobs/7/logs?after=10000&limit=10000",
                            "GET /v1/jobs/7/metrics?limit=10000",
                            "GET /v1/jobs/7/metrics?after=10000&limit=10000");
        }
    }

    private static String entriesAfter(int after) {
        return IntStream.rangeClosed(after + 1, Math.min(after + 10_000, ALL))
                .mapToObj(id -> "{\"id\":" + id + ",\"name\":\"loss\",\"message\":\"line\"}")
                .collect(Collectors.joining(",", "{\"items\":[", "]}"));
    }
}
