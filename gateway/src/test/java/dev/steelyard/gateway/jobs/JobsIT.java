package dev.steelyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Timestamp;
import dev.steelyard.gateway.testing.FakeWorker;
import dev.steelyard.gateway.testing.Rest;
import dev.steelyard.gateway.testing.Rest.Answer;
import dev.steelyard.gateway.testing.RunningGateway;
import dev.steelyard.proto.v1.Control;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class JobsIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String ARTIFACT = "sha256:" + "a".repeat(64);
    private static final Instant ANNOUNCED = Instant.parse("2031-04-01T00:00:00Z");
    private static FakeWorker worker;
    private static Rest rest;

    @BeforeAll
    static void start() {
        RunningGateway gateway = RunningGateway.shared();
        worker = gateway.worker();
        rest = gateway.rest();
        worker.announce("work", m -> m.setAnnouncedAt(Timestamp.newBuilder().setSeconds(ANNOUNCED.getEpochSecond())));
        await().atMost(SOON).until(() -> rest.get("/v1/methods/fake/work").status() == 200);
        assertThat(rest.get("/v1/methods/fake/work").text("announcedAt")).isEqualTo(ANNOUNCED.toString());
    }

    @AfterAll
    static void stop() {
        worker.close();
    }

    @Test
    void a_submitted_job_reaches_a_worker_and_its_result_comes_back() {
        String id = submit("{\"method\":\"fake/work\",\"cache\":false,\"seed\":7}");

        worker.attempt(id, 1, 1).started().progress(0.5, "half").log("hello").succeeded(ARTIFACT);
        await().atMost(SOON).until(() -> state(id).equals("SUCCEEDED"));

        assertThat(worker.commands(id)).hasSize(1).first().satisfies(run -> {
            assertThat(run.getParamsJson()).isEqualTo("{\"bits\":4,\"name\":\"x\"}");
            assertThat(run.getSeed()).isEqualTo(7);
        });
        Answer job = rest.get("/v1/jobs/" + id);
        assertThat(job.body().at("/outputs/model/artifact").asString()).isEqualTo(ARTIFACT);
        assertThat(job.body().at("/summary/bits").asDouble()).isEqualTo(4.25);
        assertThat(job.body().at("/attempts/0/state").asString()).isEqualTo("SUCCEEDED");
        assertThat(rest.get("/v1/jobs/" + id + "/logs")
                        .body()
                        .at("/items/0/message")
                        .asString())
                .isEqualTo("hello");
    }

    @Test
    void the_same_key_gives_the_same_job_even_when_many_submit_at_once() throws Exception {
        String key = UUID.randomUUID().toString();
        String body = "{\"method\":\"fake/work\",\"cache\":false}";
        Set<String> ids = new HashSet<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(8)) {
            List<Future<Answer>> answers = clients.invokeAll(
                    java.util.Collections.nCopies(24, () -> rest.post("/v1/jobs", body, "Idempotency-Key", key)));
            for (Future<Answer> answer : answers) {
                assertThat(answer.get().status()).isIn(200, 201);
                ids.add(answer.get().text("id"));
            }
        }
        assertThat(ids).hasSize(1);
        assertThat(rest.post("/v1/jobs", "{\"method\":\"fake/work\",\"seed\":1}", "Idempotency-Key", key)
                        .status())
                .isEqualTo(409);
    }

    @Test
    void a_zombies_late_result_is_refused() {
        String id = submit("{\"method\":\"fake/work\",\"cache\":false}");
        String late = "sha256:" + "b".repeat(64);

        FakeWorker.Attempt zombie = worker.attempt(id, 1, 1).started();
        FakeWorker.Attempt second = worker.attempt(id, 1, 2).started();
        await().atMost(SOON).until(() -> stopped(id, zombie.id()));
        zombie.succeeded(late);
        second.succeeded(ARTIFACT);
        await().atMost(SOON).until(() -> state(id).equals("SUCCEEDED"));

        Answer job = rest.get("/v1/jobs/" + id);
        assertThat(job.body().at("/outputs/model/artifact").asString()).isEqualTo(ARTIFACT);
        assertThat(job.body().at("/attempts/0/state").asString()).isEqualTo("SUPERSEDED");
        assertThat(rest.get("/v1/artifacts/" + late).status()).isEqualTo(404);
    }

    @Test
    void an_attempt_that_ranks_below_the_current_one_never_counts() {
        String id = submit("{\"method\":\"fake/work\",\"cache\":false}");

        worker.attempt(id, 1, 3).started();
        await().atMost(SOON).until(() -> state(id).equals("RUNNING"));
        FakeWorker.Attempt below = worker.attempt(id, 1, 2).started();
        await().atMost(SOON).until(() -> stopped(id, below.id()));

        assertThat(rest.get("/v1/jobs/" + id).body().path("attempts")).hasSize(1);
    }

    @Test
    void the_same_work_again_is_answered_from_the_cache() {
        String body = "{\"method\":\"fake/work\",\"params\":{\"name\":\"cached\"},\"seed\":11}";
        String first = submit(body);
        worker.attempt(first, 1, 1).started().succeeded(ARTIFACT);
        await().atMost(SOON).until(() -> state(first).equals("SUCCEEDED"));

        Answer again = rest.post(
                "/v1/jobs", "{\"method\":\"fake/work\",\"params\":{\"bits\":4.0,\"name\":\"cached\"},\"seed\":11}");

        assertThat(again.text("state")).isEqualTo("SUCCEEDED");
        assertThat(again.text("cachedFrom")).isEqualTo(first);
        assertThat(again.text("id")).isNotEqualTo(first);
        assertThat(again.body().at("/outputs/model/artifact").asString()).isEqualTo(ARTIFACT);
    }

    @Test
    void a_label_whose_value_holds_commas_is_found() {
        String value = UUID.randomUUID() + ",b,c";
        String id = submit(
                "{\"method\":\"fake/work\",\"cache\":false,\"labels\":{\"note\":\"" + value + "\",\"more\":\"x\"}}");

        for (String query : List.of("label=note:" + value, "label=note:" + value + "&label=more:x")) {
            assertThat(rest.get("/v1/jobs?" + query).body().path("items"))
                    .singleElement()
                    .satisfies(job -> assertThat(job.path("id").asString()).isEqualTo(id));
        }
    }

    @Test
    void jobs_are_listed_by_state_and_method() {
        String queued = submit("{\"method\":\"fake/work\",\"cache\":false}");
        String done = submit("{\"method\":\"fake/work\",\"cache\":false}");
        worker.attempt(done, 1, 1).started().succeeded(ARTIFACT);
        await().atMost(SOON).until(() -> state(done).equals("SUCCEEDED"));

        assertThat(listed("state=QUEUED")).contains(queued).doesNotContain(done);
        assertThat(listed("state=SUCCEEDED&method=fake/work")).contains(done).doesNotContain(queued);
        assertThat(listed("method=fake/work")).contains(queued, done);
    }

    private static List<String> listed(String query) {
        return rest.get("/v1/jobs?limit=500&" + query)
                .body()
                .path("items")
                .valueStream()
                .map(job -> job.path("id").asString())
                .toList();
    }

    @Test
    void a_bad_parameter_is_refused_by_name() {
        Answer answer = rest.post("/v1/jobs", "{\"method\":\"fake/work\",\"params\":{\"bits\":9}}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("field")).isEqualTo("/params/bits");
        assertThat(answer.text("detail")).isEqualTo("bits = 9: expected an integer from 2 to 8");
        assertThat(answer.raw().headers().firstValue("content-type")).hasValue("application/problem+json");
    }

    @Test
    void a_parameter_there_is_not_is_refused_with_those_there_are() {
        Answer answer = rest.post("/v1/jobs", "{\"method\":\"fake/work\",\"params\":{\"bit/s\":4}}");

        assertThat(answer.text("field")).isEqualTo("/params/bit~1s");
        assertThat(answer.text("detail")).isEqualTo("bit/s: there is no such parameter; there are bits, name");
    }

    @Test
    void a_request_that_cannot_be_read_is_refused_by_its_field() {
        refused(
                "{\"method\":\"fake/work\",\"parameters\":{\"bits\":3}}",
                "/parameters",
                "parameters: there is no such field");
        refused(
                "{\"method\":\"fake/work\",\"timeout\":\"30m\"}",
                "/timeout",
                "timeout = 30m: expected an ISO 8601 duration");
        refused("{\"method\":\"fake/work\",\"params\":7}", "/params", "params: expected an object");
        refused("{\"method\":\"fake/work\",\"inputs\":{\"model\":[]}}", "/inputs/model", "model: expected a text");
        refused("{\"method\":\"fake/work\",\"cache\":\"maybe\"}", "/cache", "cache = maybe: expected true or false");
        refused(
                "{\"method\":\"fake/work\",\"publish\":{\"output\":\"model\",\"version\":1}}",
                "/publish/version",
                "version: there is no such field; there are expectedVersion, model, output");
        Answer batch = rest.post("/v1/jobs/batch", "{\"jobs\":[{\"method\":\"fake/work\"},{\"methd\":\"fake/work\"}]}");
        assertThat(batch.text("field")).isEqualTo("/jobs/1/methd");
    }

    private static void refused(String body, String field, String detail) {
        Answer answer = rest.post("/v1/jobs", body);
        assertThat(answer.status()).as(body).isEqualTo(422);
        assertThat(answer.text("code")).isEqualTo("invalid-field");
        assertThat(answer.text("field")).isEqualTo(field);
        assertThat(answer.text("detail")).startsWith(detail);
    }

    @Test
    void what_the_framework_refuses_has_a_code_too() {
        assertThat(rest.post("/v1/jobs", "{\"method\":").text("code")).isEqualTo("bad-request");
        assertThat(rest.post("/v1/jobs", "{\"method\":").text("detail")).contains("not JSON: line 1, column");
        assertThat(rest.post("/v1/jobs", "[]").text("code")).isEqualTo("bad-request");
        assertThat(rest.post("/v1/jobs", "").text("code")).isEqualTo("bad-request");
        assertThat(rest.post("/v1/jobs", "x", "Content-Type", "text/csv").text("code"))
                .isEqualTo("unsupported-media-type");
        assertThat(rest.call("PATCH", "/v1/jobs", "{}").text("code")).isEqualTo("method-not-allowed");
        assertThat(rest.get("/v1/nothing").text("code")).isEqualTo("not-found");
        assertThat(rest.get("/v1/jobs?limit=many").text("field")).isEqualTo("/limit");
        assertThat(rest.get("/v1/jobs/7").text("field")).isEqualTo("/id");
    }

    @Test
    void a_passing_failure_is_tried_again_and_a_users_mistake_is_not() {
        String id = submit("{\"method\":\"fake/work\",\"cache\":false}");
        worker.attempt(id, 1, 1).started().event(e -> e.setFailed(failure("io", true)));
        await().atMost(SOON).until(() -> worker.commands(id).size() == 2);

        worker.attempt(id, 2, 1).started().event(e -> e.setFailed(failure("bad-input", false)));
        await().atMost(SOON).until(() -> state(id).equals("FAILED"));

        assertThat(rest.get("/v1/jobs/" + id).body().at("/problem/code").asString())
                .isEqualTo("bad-input");
        assertThat(worker.commands(id).get(1).getDispatch()).isEqualTo(2);
    }

    @Test
    void a_job_whose_worker_falls_silent_is_sent_out_again() {
        String id = submit("{\"method\":\"fake/work\",\"cache\":false}");
        worker.attempt(id, 1, 1).started();

        await().atMost(SOON).until(() -> worker.commands(id).size() == 2);
        worker.attempt(id, 2, 1).started().succeeded(ARTIFACT);
        await().atMost(SOON).until(() -> state(id).equals("SUCCEEDED"));
    }

    @Test
    void a_queued_job_is_cancelled_at_once_and_a_running_one_by_its_worker() {
        String queued = submit("{\"method\":\"fake/work\",\"cache\":false}");
        rest.post("/v1/jobs/" + queued + "/cancel", "");
        assertThat(state(queued)).isEqualTo("CANCELLED");
        FakeWorker.Attempt late = worker.attempt(queued, 1, 1).started();
        await().atMost(SOON).until(() -> stopped(queued, late.id()));

        String running = submit("{\"method\":\"fake/work\",\"cache\":false}");
        FakeWorker.Attempt attempt = worker.attempt(running, 1, 1).started();
        await().atMost(SOON).until(() -> state(running).equals("RUNNING"));
        assertThat(rest.get("/v1/jobs/" + running)
                        .body()
                        .path("cancelRequested")
                        .asBoolean())
                .isFalse();
        rest.post("/v1/jobs/" + running + "/cancel", "");
        assertThat(rest.get("/v1/jobs/" + running)
                        .body()
                        .path("cancelRequested")
                        .asBoolean())
                .isTrue();
        await().atMost(SOON).until(() -> worker.orders(running).stream().anyMatch(Control::hasCancel));
        attempt.event(e -> e.setCancelled(JobEvent.Cancelled.newBuilder().setReason("asked")));
        await().atMost(SOON).until(() -> state(running).equals("CANCELLED"));

        rest.post("/v1/jobs/" + running + "/retry", "");
        await().atMost(SOON).until(() -> worker.commands(running).size() == 2);
    }

    @Test
    void a_caller_that_prefers_to_wait_gets_the_ended_job() throws Exception {
        try (ExecutorService client = Executors.newSingleThreadExecutor()) {
            Future<Answer> waiting = client.submit(() -> rest.post(
                    "/v1/jobs",
                    "{\"method\":\"fake/work\",\"cache\":false,\"labels\":{\"wait\":\"yes\"}}",
                    "Prefer",
                    "wait=30"));
            await().atMost(SOON)
                    .until(() -> rest.get("/v1/jobs?label=wait:yes")
                                    .body()
                                    .path("items")
                                    .size()
                            == 1);
            String id =
                    rest.get("/v1/jobs?label=wait:yes").body().at("/items/0/id").asString();
            worker.attempt(id, 1, 1).succeeded(ARTIFACT);

            assertThat(waiting.get().text("state")).isEqualTo("SUCCEEDED");
        }
    }

    @Test
    void a_follower_sees_every_line_once_even_when_it_comes_back() {
        String id = submit("{\"method\":\"fake/work\",\"cache\":false}");
        FakeWorker.Attempt attempt = worker.attempt(id, 1, 1).started();
        for (int i = 0; i < 5; i++) {
            attempt.log("line " + i).metric("loss", i, 1.0 / (i + 1));
        }
        attempt.succeeded(ARTIFACT);

        String all = rest.call("GET", "/v1/jobs/" + id + "/events", "", "Accept", "text/event-stream")
                .raw()
                .body();
        List<String> ids = all.lines()
                .filter(l -> l.startsWith("id:"))
                .map(l -> l.substring(3))
                .toList();
        assertThat(all.lines().filter(l -> l.equals("event:log"))).hasSize(5);
        assertThat(all.lines().filter(l -> l.equals("event:metric"))).hasSize(5);
        assertThat(all).contains("\"state\":\"SUCCEEDED\"");

        String rest2 = rest.call(
                        "GET",
                        "/v1/jobs/" + id + "/events",
                        "",
                        "Accept",
                        "text/event-stream",
                        "Last-Event-ID",
                        ids.getLast())
                .raw()
                .body();
        assertThat(rest2).doesNotContain("event:log").contains("\"state\":\"SUCCEEDED\"");
    }

    @Test
    void a_resumed_job_has_one_point_a_step() {
        String id = submit("{\"method\":\"fake/work\",\"cache\":false}");
        worker.attempt(id, 1, 1).started().metric("loss", 1, 0.5).metric("loss", 2, 0.25);
        worker.attempt(id, 1, 2)
                .started()
                .metric("loss", 2, 0.125)
                .metric("other", 2, 1)
                .succeeded(ARTIFACT);
        await().atMost(SOON)
                .until(() -> rest.get("/v1/jobs/" + id).text("state").equals("SUCCEEDED"));

        assertThat(rest.get("/v1/jobs/" + id + "/metrics").body().path("items").valueStream())
                .extracting(
                        p -> p.path("name").asString(),
                        p -> p.path("step").asLong(),
                        p -> p.path("value").asDouble())
                .containsExactly(tuple("loss", 1L, 0.5), tuple("loss", 2L, 0.125), tuple("other", 2L, 1.0));
    }

    private static JobEvent.Failed failure(String code, boolean isTransient) {
        return JobEvent.Failed.newBuilder()
                .setProblem(Problem.newBuilder().setCode(code).setDetail("for a test"))
                .setTransient(isTransient)
                .build();
    }

    private static String submit(String body) {
        Answer answer = rest.post("/v1/jobs", body);
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(201);
        return answer.text("id");
    }

    private static String state(String id) {
        return rest.get("/v1/jobs/" + id).text("state");
    }

    private static boolean stopped(String job, UUID attempt) {
        return worker.orders(job).stream()
                .anyMatch(o -> o.getStopAttempt().getAttemptId().equals(attempt.toString()));
    }
}
