package dev.steelyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.steelyard.gateway.testing.FakeWorker;
import dev.steelyard.gateway.testing.Rest;
import dev.steelyard.gateway.testing.Rest.Answer;
import dev.steelyard.gateway.testing.RunningGateway;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.MethodAnnouncement;
import dev.steelyard.proto.v1.Problem;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PublicationsIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static FakeWorker worker;
    private static Rest rest;

    @BeforeAll
    static void start() {
        RunningGateway gateway = RunningGateway.shared();
        worker = gateway.worker();
        rest = gateway.rest();
        worker.announce(
                "update",
                m -> m.clearOutputs()
                        .addOutputs(MethodAnnouncement.Port.newBuilder()
                                .setName("model")
                                .setKind("model")));
        await().atMost(SOON).until(() -> rest.get("/v1/methods/fake/update").status() == 200);
    }

    @AfterAll
    static void stop() {
        worker.close();
    }

    private static String submit(String model, int expected) {
        Answer answer = rest.post(
                "/v1/jobs",
                "{\"method\":\"fake/update\",\"publish\":{\"output\":\"model\",\"model\":\"%s\",\"expectedVersion\":%d}}"
                        .formatted(model, expected));
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(201);
        return answer.text("id");
    }

    private static Answer ended(String id) {
        return await().atMost(SOON)
                .until(
                        () -> rest.get("/v1/jobs/" + id),
                        job -> List.of("SUCCEEDED", "FAILED").contains(job.text("state")));
    }

    private static void fail(String id, int dispatch) {
        Problem problem = Problem.newBuilder()
                .setCode("bad-input")
                .setDetail("for a test")
                .build();
        worker.attempt(id, dispatch, 1)
                .started()
                .event(e -> e.setFailed(JobEvent.Failed.newBuilder().setProblem(problem)));
        assertThat(ended(id).text("state")).isEqualTo("FAILED");
    }

    private static String artifact(String digit) {
        return "sha256:" + digit.repeat(64);
    }

    @Test
    void of_two_jobs_that_update_one_model_the_second_fails_and_names_the_newer_version() {
        String one = submit("learner", 0);
        String two = submit("learner", 0);
        FakeWorker.Attempt slower = worker.attempt(one, 1, 1).started();

        worker.attempt(two, 1, 1).started().succeeded(artifact("1"));
        assertThat(ended(two).text("state")).isEqualTo("SUCCEEDED");
        slower.succeeded(artifact("2"));

        Answer lost = ended(one);
        assertThat(lost.text("state")).isEqualTo("FAILED");
        assertThat(lost.body().at("/problem/code").asString()).isEqualTo("version-conflict");
        assertThat(lost.body().at("/problem/detail").asString()).contains("learner:1");
        assertThat(rest.get("/v1/artifacts/" + artifact("2")).status()).isEqualTo(404);
        Answer model = rest.get("/v1/models/learner");
        assertThat(model.body().path("versions")).hasSize(1);
        assertThat(model.body().at("/versions/0/artifact").asString()).isEqualTo(artifact("1"));

        String next = submit("learner", 1);
        worker.attempt(next, 1, 1).started().succeeded(artifact("3"));
        ended(next);
        assertThat(rest.get("/v1/models/learner").body().path("versions")).hasSize(2);
    }

    @Test
    void results_that_come_together_are_published_one_after_another() {
        List<String> jobs = List.of(submit("together", 0), submit("together", 0), submit("together", 0));

        jobs.forEach(id -> worker.attempt(id, 1, 1).started().succeeded(artifact("4")));

        assertThat(jobs.stream().map(id -> ended(id).text("state")))
                .containsExactlyInAnyOrder("SUCCEEDED", "FAILED", "FAILED");
        assertThat(rest.get("/v1/models/together").body().path("versions")).hasSize(1);
    }

    @Test
    void in_a_batch_only_the_jobs_that_allow_it_are_answered_from_the_cache() {
        String same = "{\"method\":\"fake/update\",\"seed\":23%s}";
        String before = rest.post("/v1/jobs", same.formatted("")).text("id");
        worker.attempt(before, 1, 1).started().succeeded(artifact("6"));
        ended(before);

        Answer batch = rest.post(
                "/v1/jobs/batch",
                "{\"jobs\":[%s,%s,%s]}"
                        .formatted(
                                same.formatted(""),
                                same.formatted(",\"cache\":false"),
                                same.formatted(",\"publish\":{\"output\":\"model\",\"model\":\"batched\"}")));

        assertThat(batch.body().at("/items/0/job/cachedFrom").asString()).isEqualTo(before);
        assertThat(batch.body().at("/items/1/job/state").asString()).isEqualTo("QUEUED");
        assertThat(batch.body().at("/items/2/job/state").asString()).isEqualTo("QUEUED");
        String publisher = batch.body().at("/items/2/job/id").asString();
        worker.attempt(publisher, 1, 1).started().succeeded(artifact("6"));
        ended(publisher);
        assertThat(rest.get("/v1/models/batched").body().path("versions")).hasSize(1);
    }

    @Test
    void a_job_whose_model_has_a_newer_version_cannot_be_retried() {
        String late = submit("overtaken", 0);
        fail(late, 1);
        Answer still = rest.post("/v1/jobs/" + late + "/retry", "");
        assertThat(still.status()).as(still.raw().body()).isLessThan(300);
        fail(late, 2);
        String first = submit("overtaken", 0);
        worker.attempt(first, 1, 1).started().succeeded(artifact("5"));
        ended(first);

        Answer refused = rest.post("/v1/jobs/" + late + "/retry", "");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("code")).isEqualTo("version-conflict");
        assertThat(refused.text("detail")).contains("overtaken:1");
        assertThat(rest.get("/v1/jobs/" + late).text("state")).isEqualTo("FAILED");
    }

    @Test
    void what_cannot_be_published_is_refused_at_once() {
        String job = "{\"method\":\"fake/update\",\"publish\":{\"output\":\"%s\",\"model\":\"%s\"}}";
        Answer noOutput = rest.post("/v1/jobs", job.formatted("none", "m"));
        Answer badName = rest.post("/v1/jobs", job.formatted("model", "../m"));

        assertThat(noOutput.status()).isEqualTo(422);
        assertThat(noOutput.text("field")).isEqualTo("/publish/output");
        assertThat(badName.text("field")).isEqualTo("/publish/model");
    }
}
