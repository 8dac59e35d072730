package dev.steelyard.worker;

import static dev.steelyard.proto.v1.JobEvent.KindCase.ABANDONED;
import static dev.steelyard.proto.v1.JobEvent.KindCase.CANCELLED;
import static dev.steelyard.proto.v1.JobEvent.KindCase.FAILED;
import static dev.steelyard.proto.v1.JobEvent.KindCase.PROGRESS;
import static dev.steelyard.proto.v1.JobEvent.KindCase.STARTED;
import static dev.steelyard.proto.v1.JobEvent.KindCase.SUCCEEDED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.artifacts.ArtifactId;
import dev.steelyard.artifacts.store.DirectoryArtifactStore;
import dev.steelyard.embedded.Topology;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.Outputs;
import dev.steelyard.proto.Headers;
import dev.steelyard.proto.Topics;
import dev.steelyard.proto.v1.Control;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.JobEvent.Abandoned.Reason;
import dev.steelyard.proto.v1.MethodAnnouncement;
import dev.steelyard.proto.v1.RunJob;
import dev.steelyard.worker.sample.hooked.Hooked;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** Long jobs against a real broker with locks of one second. One worker with two slots serves most tests. */
@SuppressWarnings("NullAway.Init")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LongJobsIT {
    private static final Duration LOCK = Duration.ofSeconds(1);

    private Path folder;
    private TestPlatform platform;

    @BeforeAll
    void start(@TempDir Path temporary) {
        folder = temporary;
        platform = new TestPlatform(folder.resolve("store"), new Topology(LOCK, 4));
        platform.worker("steelyard.worker.slots=2");
    }

    @AfterAll
    void stop() {
        platform.close();
    }

    @Test
    void methods_are_announced_with_schema_ports_and_examples() throws Exception {
        platform.await(platform.send(platform.job("hooked")), SUCCEEDED);
        List<MethodAnnouncement> announced = platform.announcements();
        assertThat(announced).extracting(MethodAnnouncement::getName).containsExactly("hooked", "napper", "quick");
        MethodAnnouncement hooked = announced.getFirst();
        assertThat(hooked.getParamsSchemaJson()).contains("\"maximum\":9");
        assertThat(hooked.getInputs(0).getKind()).isEqualTo("model");
        assertThat(hooked.getExamples(0).getParamsJson()).isEqualTo("{}");
        assertThat(announced.getLast().getShort()).isTrue();
    }

    @Test
    void job_tells_its_story_in_order_and_stores_its_output() throws IOException {
        RunJob.Builder job = platform.job("hooked");
        Hooked.job(job.getJobId(), context -> {
            context.progress(0.5, "half");
            context.metric("loss", 1, 0.25);
            context.log("a line");
            Files.writeString(context.output("result").resolve("a.txt"), "text");
            return Outputs.of("result").with("figure", 3);
        });
        platform.send(job);
        JobEvent last = platform.await(job.getJobId(), SUCCEEDED);
        List<JobEvent> events = platform.events(job.getJobId());
        assertThat(events)
                .extracting(JobEvent::getKindCase)
                .containsExactly(STARTED, PROGRESS, JobEvent.KindCase.METRIC, JobEvent.KindCase.LOG, SUCCEEDED);
        assertThat(events).extracting(JobEvent::getSequence).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(events).extracting(JobEvent::getAttemptId).containsOnly(last.getAttemptId());
        assertThat(last.getSucceeded().getSummaryJson()).isEqualTo("{\"figure\":3}");
        String id = last.getSucceeded().getOutputsOrThrow("result").getArtifact();
        Path staged = new DirectoryArtifactStore(platform.store()).stage(ArtifactId.parse(id));
        assertThat(staged.resolve("a.txt")).hasContent("text");
    }

    @Test
    void job_that_asks_for_more_time_than_there_is_finds_that_in_its_log() {
        RunJob.Builder job = platform.job("hooked")
                .setTimeout(com.google.protobuf.Duration.newBuilder().setSeconds(48 * 3_600));
        platform.send(job);
        platform.await(job.getJobId(), SUCCEEDED);
        assertThat(platform.events(job.getJobId(), JobEvent.KindCase.LOG))
                .extracting(event -> event.getLog().getMessage())
                .containsExactly("the job asks for PT48H, but workers of this service end a job after PT24H");
    }

    @Test
    void events_are_cloud_events_with_the_trace_of_the_job() {
        String job = platform.send(platform.job("hooked"));
        platform.await(job, SUCCEEDED);
        var headers = platform.records(job).getLast().headers();
        assertThat(text(headers.lastHeader(Headers.CE_TYPE).value())).isEqualTo("dev.steelyard.job.succeeded");
        assertThat(text(headers.lastHeader(Headers.CE_SUBJECT).value())).isEqualTo(job);
        assertThat(text(headers.lastHeader(Headers.TRACE_PARENT).value())).isEqualTo("00-trace-of-" + job);
    }

    @Test
    void job_three_locks_long_is_not_redelivered() {
        RunJob.Builder job = platform.job("hooked");
        AtomicInteger runs = new AtomicInteger();
        Hooked.job(job.getJobId(), _ -> {
            runs.incrementAndGet();
            Thread.sleep(LOCK.toMillis() * 7 / 2);
            return Outputs.of();
        });
        platform.send(job);
        platform.await(job.getJobId(), SUCCEEDED);
        assertThat(runs).hasValue(1);
        assertThat(platform.events(job.getJobId(), STARTED)).hasSize(1);
    }

    @Test
    void running_job_is_cancelled_within_two_seconds_and_leaves_nothing() throws IOException {
        RunJob.Builder job = platform.job("hooked");
        AtomicReference<Path> written = new AtomicReference<>(folder);
        Hooked.job(job.getJobId(), context -> {
            written.set(Files.writeString(context.output("result").resolve("partial.txt"), "half"));
            context.checkpoint(state -> Files.writeString(state.resolve("state"), "1"));
            Thread.sleep(60_000);
            return Outputs.of("result");
        });
        platform.send(job);
        platform.await(job.getJobId(), STARTED);
        Awaitility.await().until(() -> Files.exists(checkpoint(job.getJobId())));
        assertThat(platform.leftovers(job.getJobId())).isNotEmpty();
        long asked = System.nanoTime();
        platform.cancel(job.getJobId());
        JobEvent cancelled = platform.await(job.getJobId(), CANCELLED);
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(2));
        assertThat(cancelled.getCancelled().getReason()).isEqualTo("as the test wishes");
        assertThat(written.get()).doesNotExist();
        Awaitility.await().until(() -> !Files.exists(checkpoint(job.getJobId())));
        assertThat(platform.leftovers(job.getJobId())).isEmpty();
    }

    @Test
    void job_cancelled_before_it_is_taken_is_not_run() {
        RunJob.Builder job = platform.job("hooked");
        AtomicInteger runs = new AtomicInteger();
        Hooked.job(job.getJobId(), _ -> {
            runs.incrementAndGet();
            return Outputs.of();
        });
        platform.cancel(job.getJobId());
        RunJob.Builder marker = platform.job("hooked"); // when its cancel has been obeyed, so has the one before
        Hooked.job(marker.getJobId(), _ -> {
            Thread.sleep(60_000);
            return Outputs.of();
        });
        platform.send(marker);
        platform.await(marker.getJobId(), STARTED);
        platform.cancel(marker.getJobId());
        platform.await(marker.getJobId(), CANCELLED);
        platform.send(job);
        platform.await(job.getJobId(), CANCELLED);
        assertThat(runs).hasValue(0);
        assertThat(platform.events(job.getJobId(), STARTED)).isEmpty();
        platform.send(job.setDispatch(2)); // retried by the user
        platform.await(job.getJobId(), SUCCEEDED);
        assertThat(runs).hasValue(1);
    }

    @Test
    void attempt_stopped_by_the_gateway_says_nothing_more() throws InterruptedException {
        RunJob.Builder job = platform.job("hooked");
        CountDownLatch stopped = new CountDownLatch(1);
        Hooked.job(job.getJobId(), _ -> {
            try {
                Thread.sleep(60_000);
            } finally {
                stopped.countDown();
            }
            return Outputs.of();
        });
        platform.send(job);
        JobEvent started = platform.await(job.getJobId(), STARTED);
        platform.order(Control.newBuilder()
                .setJobId(job.getJobId())
                .setStopAttempt(Control.StopAttempt.newBuilder()
                        .setAttemptId(started.getAttemptId())
                        .setReason(Control.StopAttempt.Reason.JOB_ENDED))
                .build());
        assertThat(stopped.await(5, TimeUnit.SECONDS)).isTrue();
        platform.await(platform.send(platform.job("hooked")), SUCCEEDED);
        assertThat(platform.events(job.getJobId()))
                .extracting(JobEvent::getKindCase)
                .containsExactly(STARTED);
    }

    @Test
    void poison_is_rejected_and_reported_under_its_key() {
        String id = "5f0c1d52-0000-4000-8000-00000000000a";
        platform.send(Topics.jobs(platform.service()), id, new byte[] {-1, 2, 3});
        assertThat(platform.await(id, FAILED).getFailed().getProblem().getCode())
                .isEqualTo("poison");
        platform.await(platform.send(platform.job("hooked")), SUCCEEDED);
        assertThat(platform.events(id)).hasSize(1);
    }

    @Test
    void unknown_method_is_reported() {
        String id = platform.send(platform.job("nonsense"));
        JobEvent failed = platform.await(id, FAILED);
        assertThat(failed.getFailed().getProblem().getCode()).isEqualTo("unknown-method");
        assertThat(failed.getFailed().getTransient()).isFalse();
    }

    @Test
    void wrong_parameter_is_reported_with_its_field() {
        String id = platform.send(platform.job("hooked").setParamsJson("{\"number\": 12}"));
        var problem = platform.await(id, FAILED).getFailed().getProblem();
        assertThat(problem.getField()).isEqualTo("/number");
        assertThat(problem.getDetail()).isEqualTo("number = 12: expected an integer from 1 to 9");
    }

    @Test
    void missing_input_is_reported() {
        String id =
                platform.send(platform.job("hooked").putInputs("model", new ArtifactId("ab".repeat(32)).toString()));
        var problem = platform.await(id, FAILED).getFailed().getProblem();
        assertThat(problem.getCode()).isEqualTo("bad-input");
        assertThat(problem.getDetail()).endsWith("is not in the store");
    }

    @Test
    void fault_of_the_machine_is_transient_and_keeps_the_checkpoint() {
        RunJob.Builder job = platform.job("hooked");
        Hooked.job(job.getJobId(), context -> {
            if (context.restore().isPresent()) {
                return Outputs.of()
                        .with("found", Files.readString(context.restore().get().resolve("state")));
            }
            context.checkpoint(state -> Files.writeString(state.resolve("state"), "half way"));
            throw new IOException("the cable is out");
        });
        platform.send(job);
        var failed = platform.await(job.getJobId(), FAILED).getFailed();
        assertThat(failed.getTransient()).isTrue();
        assertThat(failed.getProblem().getDetail()).isEqualTo("IOException: the cable is out");
        platform.send(job.setDispatch(2));
        JobEvent succeeded = platform.await(job.getJobId(), SUCCEEDED);
        assertThat(succeeded.getSucceeded().getSummaryJson()).isEqualTo("{\"found\":\"half way\"}");
        Awaitility.await().until(() -> !Files.exists(checkpoint(job.getJobId())));
    }

    @Test
    void cancelled_dispatch_leaves_the_state_of_the_one_that_runs() throws Exception {
        RunJob.Builder job = platform.job("hooked");
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        Hooked.job(job.getJobId(), context -> {
            if (runs.incrementAndGet() == 1) {
                context.checkpoint(state -> Files.writeString(state.resolve("state"), "1"));
                end.await();
            } else {
                Thread.sleep(60_000);
            }
            return Outputs.of();
        });
        platform.cancel(job.getJobId());
        platform.send(job.setDispatch(2));
        Awaitility.await().until(() -> Files.exists(checkpoint(job.getJobId()).resolve("newest")));
        platform.send(job.setDispatch(1));
        platform.await(job.getJobId(), CANCELLED);
        platform.await(platform.send(platform.job("hooked")), SUCCEEDED); // the other slot is free again
        assertThat(checkpoint(job.getJobId()).resolve("newest")).exists();
        end.countDown();
        platform.await(job.getJobId(), SUCCEEDED);
        Awaitility.await().until(() -> !Files.exists(checkpoint(job.getJobId())));
    }

    @Test
    void fault_of_the_user_fails_at_once() throws IOException {
        RunJob.Builder job = platform.job("hooked");
        Hooked.job(job.getJobId(), context -> {
            Files.writeString(context.output("result").resolve("partial.txt"), "half");
            throw MethodException.tensor("model.safetensors", "w", "w: expected [2], found [3]");
        });
        platform.send(job);
        var failed = platform.await(job.getJobId(), FAILED).getFailed();
        assertThat(failed.getTransient()).isFalse();
        assertThat(failed.getProblem().getTensor()).isEqualTo("w");
        assertThat(platform.leftovers(job.getJobId())).isEmpty();
    }

    @Test
    void job_that_runs_too_long_fails_with_timeout_and_a_retry_goes_on_from_its_state() {
        RunJob.Builder job = platform.job("hooked");
        job.setTimeout(com.google.protobuf.Duration.newBuilder().setSeconds(2));
        Hooked.job(job.getJobId(), context -> {
            if (context.restore().isPresent()) {
                return Outputs.of().with("resumed", true);
            }
            context.checkpoint(state -> Files.writeString(state.resolve("state"), "1"));
            Thread.sleep(60_000);
            return Outputs.of();
        });
        platform.send(job);
        var problem = platform.await(job.getJobId(), FAILED).getFailed().getProblem();
        assertThat(problem.getCode()).isEqualTo("timeout");
        assertThat(problem.getDetail()).isEqualTo("the job ran longer than PT2S");
        platform.send(job.setDispatch(job.getDispatch() + 1));
        assertThat(platform.await(job.getJobId(), SUCCEEDED).getSucceeded().getSummaryJson())
                .contains("resumed");
    }

    @Test
    void job_that_does_not_listen_is_cancelled_all_the_same_and_its_result_dropped() throws Exception {
        RunJob.Builder job = platform.job("hooked");
        CountDownLatch end = new CountDownLatch(1);
        Hooked.job(job.getJobId(), context -> {
            while (end.getCount() > 0) {
                try {
                    end.await();
                } catch (InterruptedException e) {
                    context.log("not listening");
                }
            }
            return Outputs.of();
        });
        platform.send(job);
        platform.await(job.getJobId(), STARTED);
        platform.cancel(job.getJobId());
        platform.await(job.getJobId(), CANCELLED);
        end.countDown();
        platform.await(platform.send(platform.job("hooked")), SUCCEEDED);
        assertThat(platform.events(job.getJobId(), SUCCEEDED)).isEmpty();
    }

    @Test
    void record_given_back_again_and_again_fails_one_delivery_before_the_broker_drops_it() {
        String id = platform.send(platform.job("hooked").setMethodVersion("0"));
        JobEvent failed = platform.await(id, FAILED);
        assertThat(failed.getDeliveryCount()).isEqualTo(3);
        assertThat(failed.getFailed().getProblem().getCode()).isEqualTo("other-version");
        assertThat(platform.events(id)).hasSize(1);
    }

    @Test
    void job_of_a_worker_that_stops_is_resumed_by_another() throws Exception {
        try (TestPlatform own = new TestPlatform(folder.resolve("own"), new Topology(Duration.ofSeconds(20), 4))) {
            ConfigurableApplicationContext first = own.worker("steelyard.worker.name=first");
            RunJob.Builder job = own.job("hooked");
            CountDownLatch saved = new CountDownLatch(1);
            Hooked.job(job.getJobId(), context -> {
                if (context.restore().isPresent()) {
                    return Outputs.of().with("resumed", true);
                }
                context.checkpoint(state -> Files.writeString(state.resolve("state"), "1"));
                saved.countDown();
                Thread.sleep(60_000);
                return Outputs.of();
            });
            own.send(job);
            assertThat(saved.await(10, TimeUnit.SECONDS)).isTrue();
            own.worker("steelyard.worker.name=second");
            first.close();
            JobEvent succeeded = own.await(job.getJobId(), SUCCEEDED);
            assertThat(succeeded.getWorker()).isEqualTo("second");
            assertThat(succeeded.getDeliveryCount()).isEqualTo(2);
            assertThat(succeeded.getSucceeded().getSummaryJson()).isEqualTo("{\"resumed\":true}");
            assertThat(own.await(job.getJobId(), ABANDONED).getAbandoned().getReason())
                    .isEqualTo(Reason.SHUTDOWN);
        }
    }

    private Path checkpoint(String jobId) {
        return platform.store().resolve("checkpoints").resolve(jobId);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
