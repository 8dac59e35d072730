package dev.steelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.client.Jobs;
import dev.steelyard.cli.client.Page;
import dev.steelyard.cli.client.Submission;
import dev.steelyard.proto.Headers;
import dev.steelyard.proto.Topics;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models and disks as they should not be, and one as it should, all through a real quantizer. */
class BadInputIT {
    private static final int STORE_MEGABYTES = 64;

    @TempDir
    static Path folder = Path.of("");

    private static SmallPlatform steelyard;
    private static boolean smallDisk;

    @BeforeAll
    static void start() throws Exception {
        Path data = folder.resolve("data");
        smallDisk = mount(Files.createDirectories(data.resolve("store")));
        steelyard = SmallPlatform.start(data, "quantizer", "probe");
    }

    @AfterAll
    static void stop() throws Exception {
        steelyard.close();
        if (smallDisk) {
            run("umount", folder.resolve("data/store").toString());
        }
    }

    private static boolean mount(Path at) throws IOException, InterruptedException {
        return run("mount", "-t", "tmpfs", "-o", "size=" + STORE_MEGABYTES + "m", "tmpfs", at.toString());
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    private static String upload(Path model) throws IOException {
        return steelyard
                .client()
                .artifacts()
                .upload(model, "model", (_, _, _) -> {})
                .id();
    }

    private static Submission quantize(String model) {
        return Submission.of("quantizer/rtn").input("model", model).uncached();
    }

    /** The one line a failed job gives; fails when it left anything in the store. */
    private static String reason(Submission submission) throws IOException {
        Set<String> before = steelyard.stored();
        Job ended = steelyard.end(steelyard.submit(submission));
        assertThat(ended.state()).isEqualTo(Job.State.FAILED);
        assertThat(ended.outputs()).isEmpty();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(steelyard.stored()).isEqualTo(before));
        String line = ended.problem().orElseThrow().oneLine();
        assertThat(line).hasLineCount(1);
        return line;
    }

    @Test
    void truncated_checkpoint_is_refused_by_name() throws Exception {
        Path model = TinyBert.write(folder.resolve("truncated"));
        try (var file = new RandomAccessFile(model.resolve(TinyBert.FILE).toFile(), "rw")) {
            file.setLength(file.length() - 100);
        }

        assertThat(reason(quantize(upload(model)))).contains(TinyBert.FILE);
    }

    @Test
    void lying_header_is_refused_by_tensor() throws Exception {
        Path model = TinyBert.write(folder.resolve("lying"));
        byte[] header = """
                {"encoder.layer.0.output.dense.weight":{"dtype":"F32","shape":[128,256],"data_offsets":[0,400]}}""".getBytes(StandardCharsets.UTF_8);
        Files.write(
                model.resolve(TinyBert.FILE),
                ByteBuffer.allocate(8 + header.length + 400)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(header.length)
                        .put(header)
                        .array());

        assertThat(reason(quantize(upload(model))))
                .contains(TinyBert.FILE)
                .contains("encoder.layer.0.output.dense.weight");
    }

    @Test
    void wrong_shape_is_refused_by_tensor() throws Exception {
        Path model = TinyBert.write(folder.resolve("shape"), 192);

        assertThat(reason(quantize(upload(model))))
                .contains("encoder.layer.0.output.dense.weight")
                .contains("expected [128, 256]")
                .contains("found [192, 256]");
    }

    @Test
    void full_disk_is_told_and_leaves_nothing() throws Exception {
        assumeTrue(smallDisk, "a file system of its own for the store cannot be mounted here");
        Submission tooMuch = Submission.of("probe/write")
                .param("mebibytes", 2 * STORE_MEGABYTES)
                .uncached();

        assertThat(reason(tooMuch)).containsIgnoringCase("space");
        assertThat(steelyard
                        .end(steelyard.submit(Submission.of("probe/write").param("mebibytes", 1)))
                        .state())
                .isEqualTo(Job.State.SUCCEEDED);
    }

    @Test
    void same_job_by_rest_command_line_and_kafka_gives_the_same_artifact() throws Exception {
        String model = upload(TinyBert.write(folder.resolve("same")));

        Job byRest = steelyard.end(steelyard.submit(quantize(model)));
        CommandLineRun.of(
                        steelyard.data(),
                        "submit",
                        "quantizer/rtn",
                        "--model=" + model,
                        "--no-cache",
                        "--label=by=cli",
                        "--follow")
                .succeeded();
        send("{\"idempotencyKey\":\"by-kafka\",\"method\":\"quantizer/rtn\",\"inputs\":{\"model\":\"" + model
                + "\"},\"cache\":false,\"labels\":{\"by\":\"kafka\"},\"apiKey\":\""
                + steelyard.platform().adminKey() + "\"}");
        Job byCommandLine = labelled("by:cli");
        Job byKafka = steelyard.end(labelled("by:kafka"));

        assertThat(byRest.state()).isEqualTo(Job.State.SUCCEEDED);
        for (Job other : new Job[] {byCommandLine, byKafka}) {
            assertThat(other.id()).isNotEqualTo(byRest.id());
            assertThat(other.cachedFrom()).isEmpty();
            assertThat(other.outputs()).isEqualTo(byRest.outputs());
        }
    }

    @Test
    void repeated_submission_is_the_same_job_and_repeated_work_is_not_done_again() throws Exception {
        Submission submission = Submission.of("quantizer/rtn")
                .input("model", upload(TinyBert.write(folder.resolve("repeated"))))
                .seed(3);

        Job first = steelyard.end(steelyard.client().jobs().submit(submission, "a-key"));
        assertThat(first.state()).isEqualTo(Job.State.SUCCEEDED);
        Job again = steelyard.client().jobs().submit(submission, "a-key");
        Job sameWork = steelyard.end(steelyard.submit(submission));

        assertThat(again.id()).isEqualTo(first.id());
        assertThat(sameWork.id()).isNotEqualTo(first.id());
        assertThat(sameWork.cachedFrom()).isEqualTo(first.id());
        assertThat(sameWork.outputs()).isEqualTo(first.outputs());
        assertThat(sameWork.attempts()).isEmpty();
    }

    private static Job labelled(String label) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> steelyard.client().jobs().list(new Jobs.Filter("", "", label, 0), ""),
                        (Page<Job> page) -> !page.items().isEmpty())
                .items()
                .getFirst();
    }

    private static void send(String json) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", steelyard.platform().kafka().bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            var submission = new ProducerRecord<>(Topics.SUBMISSIONS, "", json.getBytes(StandardCharsets.UTF_8));
            submission.headers().add(Headers.CONTENT_TYPE, Headers.JSON.getBytes(StandardCharsets.UTF_8));
            producer.send(submission).get();
        }
    }
}
