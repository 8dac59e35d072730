package dev.steelyard.worker;

import static dev.steelyard.proto.v1.JobEvent.KindCase.STARTED;
import static dev.steelyard.proto.v1.JobEvent.KindCase.SUCCEEDED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.embedded.EmbeddedKafka;
import dev.steelyard.embedded.Topology;
import dev.steelyard.method.Outputs;
import dev.steelyard.proto.v1.RunJob;
import dev.steelyard.worker.sample.SampleApplication;
import dev.steelyard.worker.sample.hooked.Hooked;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A worker whose broker is away: at its start, and in the middle of a job. */
class BrokerOutageIT {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void worker_waits_for_its_broker_and_survives_its_restart() throws Exception {
        try (EmbeddedKafka kafka = new EmbeddedKafka(folder.resolve("kafka"), 0);
                TestPlatform platform = new TestPlatform(folder.resolve("store"), kafka);
                ConfigurableApplicationContext worker = new SpringApplicationBuilder(SampleApplication.class)
                        .properties(platform.settings("server.port=0"))
                        .run()) {
            String port = String.valueOf(worker.getEnvironment().getProperty("local.server.port"));
            assertThat(get(port, "health/liveness").statusCode()).isEqualTo(200);
            assertThat(get(port, "health/readiness").statusCode()).isEqualTo(503);

            kafka.start();
            platform.create(Topology.standard().withLock(Duration.ofSeconds(2)));
            awaitReady(port);
            platform.await(platform.send(platform.job("hooked")), SUCCEEDED);

            RunJob.Builder job = platform.job("hooked");
            CountDownLatch end = new CountDownLatch(1);
            Hooked.job(job.getJobId(), _ -> {
                end.await();
                return Outputs.of();
            });
            platform.send(job);
            platform.await(job.getJobId(), STARTED);
            kafka.stop();
            Awaitility.await().until(() -> get(port, "health/readiness").statusCode() == 503);
            kafka.start();
            end.countDown();
            platform.await(job.getJobId(), SUCCEEDED);
            awaitReady(port);
            platform.await(platform.send(platform.job("hooked")), SUCCEEDED);
            assertThat(get(port, "prometheus").body())
                    .contains("steelyard_worker_slots_busy")
                    .contains("steelyard_worker_jobs_seconds_count{method=\"" + platform.service() + "/hooked\"");
        }
    }

    private static void awaitReady(String port) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> get(port, "health/readiness").statusCode() == 200);
    }

    private static HttpResponse<String> get(String port, String endpoint) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + port + "/actuator/" + endpoint);
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
