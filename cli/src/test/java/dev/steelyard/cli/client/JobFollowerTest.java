package dev.steelyard.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.steelyard.cli.testing.StubGateway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class JobFollowerTest {
    private static final Duration WAIT = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SILENCE = Duration.ofSeconds(2);
    private static final String BEGUN = """
            id: 0.0
            event: state
            data: {"state":"RUNNING"}

            id: 1.0
            event: log
            data: {"level":"INFO","message":"one"}

            id: 2.0
            event: log
            """;
    private static final String REST = """
            id: 1.0
            event: state
            data: {"state":"RUNNING"}

            id: 2.0
            event: log
            data: {"level":"INFO","message":"two"}

            id: 2.0
            event: state
            data: {"state":"SUCCEEDED"}

            """;

    private final List<JobEvent> seen = new CopyOnWriteArrayList<>();
    private final List<String> from = new CopyOnWriteArrayList<>();
    private final AtomicInteger signsOfLife = new AtomicInteger();

    @Test
    void a_gateway_that_restarts_is_waited_for_and_nothing_is_told_twice() throws Exception {
        StubGateway first = StubGateway.start(job(
                "RUNNING",
                exchange -> StubGateway.breakOff(exchange, lastEventId(exchange).isEmpty() ? BEGUN : "")));
        URI url = first.url();
        CompletableFuture<Job> followed = CompletableFuture.supplyAsync(() -> follow(url, PATIENCE));
        Awaitility.await().until(() -> seen.size() == 2);
        first.close();
        Awaitility.await().during(Duration.ofMillis(200)).until(() -> !followed.isDone());

        try (StubGateway second =
                StubGateway.start(url, job("SUCCEEDED", exchange -> StubGateway.answer(exchange, 200, REST)))) {
            assertThat(followed.get().state()).isEqualTo(Job.State.SUCCEEDED);
            assertThat(second.asked()).hasSize(2);
        }
        assertThat(from).startsWith("").endsWith("1.0");
        assertThat(seen)
                .containsExactly(
                        new JobEvent.StateChanged(Job.State.RUNNING),
                        new JobEvent.Logged("INFO", "one"),
                        new JobEvent.Logged("INFO", "two"),
                        new JobEvent.StateChanged(Job.State.SUCCEEDED));
    }

    @Test
    void an_error_of_the_server_passes_and_a_refusal_does_not() throws Exception {
        List<Integer> answers = new ArrayList<>(List.of(503, 502, 404));
        try (StubGateway gateway =
                StubGateway.start(exchange -> StubGateway.answer(exchange, answers.removeFirst(), ""))) {
            assertThatThrownBy(() -> follow(gateway.url(), PATIENCE))
                    .isInstanceOf(ProblemException.class)
                    .hasMessageContaining("404");
        }
        assertThat(answers).isEmpty();
    }

    @Test
    void a_gateway_that_stays_away_ends_the_following() {
        assertThatThrownBy(() -> follow(URI.create("http://127.0.0.1:1"), Duration.ofMillis(100)))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("no gateway answers");
    }

    @Test
    void a_stream_on_which_nothing_comes_is_taken_up_again_and_one_with_signs_of_life_is_not() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        String oneLine = BEGUN.substring(0, BEGUN.indexOf("id: 2.0"));
        HttpHandler silentAfterSignsOfLife = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            for (int i = 0; i < 10; i++) {
                exchange.getResponseBody().write((i == 0 ? oneLine : ":\n\n").getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
                LockSupport.parkNanos(SILENCE.dividedBy(5).toNanos());
            }
            signsOfLife.set(from.size());
            awaitQuietly(over);
        };
        try (StubGateway gateway = StubGateway.start(parallel(exchange -> {
            String path = exchange.getRequestURI().getPath();
            if (path.endsWith("/events") && from.isEmpty()) {
                job("RUNNING", silentAfterSignsOfLife).handle(exchange);
            } else {
                job(from.size() < 2 ? "RUNNING" : "SUCCEEDED", answer -> StubGateway.answer(answer, 200, REST))
                        .handle(exchange);
            }
        }))) {
            assertThat(follow(gateway.url(), PATIENCE).state()).isEqualTo(Job.State.SUCCEEDED);
        } finally {
            over.countDown();
        }
        assertThat(signsOfLife).hasValue(1);
        assertThat(from).containsExactly("", "1.0");
    }

    /** The stub answers one request after the other otherwise. */
    private static HttpHandler parallel(HttpHandler answers) {
        return exchange -> Thread.ofVirtual().start(() -> {
            try {
                answers.handle(exchange);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Job follow(URI url, Duration patience) {
        try (Http http = new Http(url, "key")) {
            return new JobFollower(http, "/v1/jobs/7", seen::add, WAIT, patience, SILENCE).toEnd();
        }
    }

    private HttpHandler job(String state, HttpHandler events) {
        return exchange -> {
            if (exchange.getRequestURI().getPath().endsWith("/events")) {
                from.add(lastEventId(exchange));
                events.handle(exchange);
            } else {
                StubGateway.answer(exchange, 200, "{\"id\":\"7\",\"state\":\"" + state + "\"}");
            }
        };
    }

    private static String lastEventId(HttpExchange exchange) {
        return exchange.getRequestHeaders().containsKey("Last-Event-ID")
                ? exchange.getRequestHeaders().getFirst("Last-Event-ID")
                : "";
    }
}
