package dev.steelyard.gateway.submissions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import dev.steelyard.embedded.SharedInfrastructure;
import dev.steelyard.gateway.testing.FakeWorker;
import dev.steelyard.gateway.testing.Rest;
import dev.steelyard.gateway.testing.RunningGateway;
import dev.steelyard.proto.Headers;
import dev.steelyard.proto.Topics;
import dev.steelyard.proto.v1.MethodAnnouncement;
import dev.steelyard.proto.v1.Problem;
import dev.steelyard.proto.v1.Publication;
import dev.steelyard.proto.v1.SubmissionReply;
import dev.steelyard.proto.v1.SubmitJob;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SubmissionsIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final RunningGateway GATEWAY = RunningGateway.shared();
    private static final Rest REST = GATEWAY.rest();
    private static FakeWorker worker;
    private static KafkaProducer<String, byte[]> producer;

    @BeforeAll
    static void start() {
        worker = GATEWAY.worker().announce("sent", m -> {});
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", SharedInfrastructure.kafka().bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer());
        await().atMost(SOON).until(() -> REST.get("/v1/methods/fake/sent").status() == 200);
    }

    @AfterAll
    static void stop() {
        worker.close();
        producer.close();
    }

    @Test
    void protobuf_json_and_rest_under_one_key_are_one_job() {
        String key = UUID.randomUUID().toString();
        SubmitJob submit = SubmitJob.newBuilder()
                .setIdempotencyKey(key)
                .setMethod("fake/sent")
                .setParams(Struct.newBuilder()
                        .putFields("bits", Value.newBuilder().setNumberValue(3).build()))
                .setSeed(5)
                .setApiKey(GATEWAY.adminKey())
                .build();
        String json = """
                {"idempotencyKey":"%s","method":"fake/sent","params":{"bits":3},"seed":5,"apiKey":"%s"}
                """.formatted(key, GATEWAY.adminKey());

        send(submit.toByteArray(), Headers.PROTOBUF);
        send(json.getBytes(StandardCharsets.UTF_8), Headers.JSON);

        List<SubmissionReply> replies = replies(key, 2);
        assertThat(replies).allMatch(r -> !r.getJobId().isEmpty());
        assertThat(replies.get(0).getJobId()).isEqualTo(replies.get(1).getJobId());
        assertThat(REST.post(
                                "/v1/jobs",
                                "{\"method\":\"fake/sent\",\"params\":{\"bits\":3},\"seed\":5}",
                                "Idempotency-Key",
                                key)
                        .text("id"))
                .isEqualTo(replies.get(0).getJobId());
    }

    @Test
    void the_answer_has_the_form_of_the_submission() {
        String protobuf = UUID.randomUUID().toString();
        String json = UUID.randomUUID().toString();

        send(
                SubmitJob.newBuilder()
                        .setIdempotencyKey(protobuf)
                        .setMethod("fake/sent")
                        .build()
                        .toByteArray(),
                Headers.PROTOBUF);
        sendJson("{\"idempotencyKey\":\"%s\",\"method\":\"fake/sent\"}".formatted(json));

        assertThat(contentType(answers(protobuf, 1).getFirst())).isEqualTo(Headers.PROTOBUF);
        ConsumerRecord<String, byte[]> answer = answers(json, 1).getFirst();
        assertThat(contentType(answer)).isEqualTo(Headers.JSON);
        assertThat(new String(answer.value(), StandardCharsets.UTF_8))
                .startsWith("{\"idempotencyKey\":\"" + json + "\",\"problem\":{\"code\":\"forbidden\"");
    }

    @Test
    void what_is_refused_is_answered_and_does_not_hold_up_what_follows() {
        String wrongField = UUID.randomUUID().toString();
        String noKey = UUID.randomUUID().toString();
        String good = UUID.randomUUID().toString();

        send("not a submission".getBytes(StandardCharsets.UTF_8), Headers.JSON);
        sendJson("{\"idempotencyKey\":\"%s\",\"method\":\"fake/sent\",\"params\":{\"bits\":99},\"apiKey\":\"%s\"}"
                .formatted(wrongField, GATEWAY.adminKey()));
        sendJson("{\"idempotencyKey\":\"%s\",\"method\":\"fake/sent\",\"apiKey\":\"sy_wrong\"}".formatted(noKey));
        sendJson("{\"idempotencyKey\":\"%s\",\"method\":\"fake/sent\",\"apiKey\":\"%s\"}"
                .formatted(good, GATEWAY.adminKey()));

        assertThat(replies(wrongField, 1).getFirst().getProblem().getField()).isEqualTo("/params/bits");
        assertThat(replies(noKey, 1).getFirst().getProblem().getCode()).isEqualTo("forbidden");
        assertThat(replies(good, 1).getFirst().getJobId()).isNotEmpty();
    }

    @Test
    void a_number_that_json_does_not_have_is_refused() {
        for (double number : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            SubmitJob.Builder submit = submission()
                    .setParams(Struct.newBuilder()
                            .putFields(
                                    "bits",
                                    Value.newBuilder().setNumberValue(number).build()));

            assertThat(refusal(submit.build()).getField()).isEqualTo("/params");
        }
    }

    @Test
    void a_timeout_beyond_all_durations_is_refused() {
        SubmitJob.Builder submit = submission()
                .setTimeout(com.google.protobuf.Duration.newBuilder()
                        .setSeconds(Long.MAX_VALUE)
                        .setNanos(1_500_000_000));

        assertThat(refusal(submit.build()).getField()).isEqualTo("/timeout");
    }

    @Test
    void headers_without_a_value_say_nothing() {
        SubmitJob submit = submission().build();
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(Topics.SUBMISSIONS, 0, "outside", submit.toByteArray());
        record.headers().add(Headers.CONTENT_TYPE, null).add(Headers.TRACE_PARENT, null);

        send(record);

        assertThat(replies(submit.getIdempotencyKey(), 1).getFirst().getJobId()).isNotEmpty();
    }

    @Test
    void an_answer_stays_short_whatever_was_sent() {
        String start = UUID.randomUUID().toString();
        String longKey = start + "k".repeat(600_000);
        SubmitJob named = submission().setIdempotencyKey(longKey).build();
        SubmitJob longMethod = submission().setMethod("m".repeat(1_048_300)).build();

        assertThat(refusal(named, longKey.substring(0, 255)).getField()).isEqualTo("/idempotencyKey");
        assertThat(refusal(longMethod).getDetail()).startsWith("no method 'mmm").hasSizeLessThan(3_000);
        String recordKey = UUID.randomUUID() + "r".repeat(600_000);
        send(new ProducerRecord<>(Topics.SUBMISSIONS, 0, recordKey, "no submission".getBytes(StandardCharsets.UTF_8)));
        assertThat(replies(recordKey.substring(0, 255), 1)
                        .getFirst()
                        .getProblem()
                        .getCode())
                .isEqualTo("bad-request");
        assertTaken();
    }

    @Test
    void an_answer_that_the_broker_finds_too_large_is_left_out() throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.SUBMISSION_REPLIES);
        ConfigEntry limit = new ConfigEntry("max.message.bytes", "600");
        try (Admin admin = Admin.create(Map.of(
                "bootstrap.servers", (Object) SharedInfrastructure.kafka().bootstrapServers()))) {
            alter(admin, topic, new AlterConfigOp(limit, AlterConfigOp.OpType.SET));
            try {
                await().atMost(SOON).until(() -> isTooLarge(new byte[1_000]));

                SubmitJob bad = submission().setMethod("m".repeat(5_000)).build();
                send(bad.toByteArray(), Headers.PROTOBUF);

                assertTaken();
            } finally {
                alter(admin, topic, new AlterConfigOp(limit, AlterConfigOp.OpType.DELETE));
                await().atMost(SOON).until(() -> !isTooLarge(new byte[1_000]));
            }
        }
    }

    private static void alter(Admin admin, ConfigResource topic, AlterConfigOp change) throws Exception {
        admin.incrementalAlterConfigs(Map.of(topic, List.of(change))).all().get();
    }

    private static boolean isTooLarge(byte[] value) throws InterruptedException {
        try {
            producer.send(new ProducerRecord<>(Topics.SUBMISSION_REPLIES, "probe", value))
                    .get();
            return false;
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(RecordTooLargeException.class);
            return true;
        }
    }

    private static SubmitJob.Builder submission() {
        return SubmitJob.newBuilder()
                .setIdempotencyKey(UUID.randomUUID().toString())
                .setMethod("fake/sent")
                .setApiKey(GATEWAY.adminKey());
    }

    private static Problem refusal(SubmitJob bad) {
        return refusal(bad, bad.getIdempotencyKey());
    }

    /** Why it is not taken; what follows it is. */
    private static Problem refusal(SubmitJob bad, String answerKey) {
        send(bad.toByteArray(), Headers.PROTOBUF);
        assertTaken();
        return replies(answerKey, 1).getFirst().getProblem();
    }

    private static void assertTaken() {
        SubmitJob good = submission().build();
        send(good.toByteArray(), Headers.PROTOBUF);
        assertThat(replies(good.getIdempotencyKey(), 1).getFirst().getJobId()).isNotEmpty();
    }

    @Test
    void of_two_that_publish_the_same_model_the_second_fails_and_names_the_newer_version() {
        worker.announce(
                "learned",
                m -> m.clearOutputs()
                        .addOutputs(MethodAnnouncement.Port.newBuilder()
                                .setName("model")
                                .setKind("model")));
        await().atMost(SOON).until(() -> REST.get("/v1/methods/fake/learned").status() == 200);
        String one = UUID.randomUUID().toString();
        String two = UUID.randomUUID().toString();
        send(
                SubmitJob.newBuilder()
                        .setIdempotencyKey(one)
                        .setMethod("fake/learned")
                        .setPublish(Publication.newBuilder()
                                .setOutput("model")
                                .setModel("sent-model")
                                .setExpectedVersion(0))
                        .setApiKey(GATEWAY.adminKey())
                        .build()
                        .toByteArray(),
                Headers.PROTOBUF);
        sendJson("""
                {"idempotencyKey": "%s", "method": "fake/learned", "apiKey": "%s",
                 "publish": {"output": "model", "model": "sent-model", "expectedVersion": 0}}
                """.formatted(two, GATEWAY.adminKey()));
        String first = replies(one, 1).getFirst().getJobId();
        String second = replies(two, 1).getFirst().getJobId();

        worker.attempt(first, 1, 1).started().succeeded("sha256:" + "a".repeat(64));
        ended(first, "SUCCEEDED");
        worker.attempt(second, 1, 1).started().succeeded("sha256:" + "b".repeat(64));

        assertThat(ended(second, "FAILED").body().at("/problem/code").asString())
                .isEqualTo("version-conflict");
        assertThat(REST.get("/v1/jobs/" + second).body().at("/problem/detail").asString())
                .contains("sent-model:1");
        assertThat(REST.get("/v1/models/sent-model").body().path("versions")).hasSize(1);
    }

    private static Rest.Answer ended(String job, String state) {
        return await().atMost(SOON)
                .until(
                        () -> REST.get("/v1/jobs/" + job),
                        answer -> answer.text("state").equals(state));
    }

    private static void sendJson(String value) {
        send(value.getBytes(StandardCharsets.UTF_8), Headers.JSON);
    }

    private static void send(byte[] value, String contentType) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(Topics.SUBMISSIONS, 0, "outside", value);
        record.headers().add(Headers.CONTENT_TYPE, contentType.getBytes(StandardCharsets.UTF_8));
        send(record);
    }

    private static void send(ProducerRecord<String, byte[]> record) {
        try {
            producer.send(record).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String contentType(ConsumerRecord<String, byte[]> record) {
        return new String(record.headers().lastHeader(Headers.CONTENT_TYPE).value(), StandardCharsets.UTF_8);
    }

    private static List<SubmissionReply> replies(String key, int count) {
        return answers(key, count).stream().map(SubmissionsIT::parse).toList();
    }

    private static List<ConsumerRecord<String, byte[]>> answers(String key, int count) {
        TopicPartition replies = new TopicPartition(Topics.SUBMISSION_REPLIES, 0);
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", SharedInfrastructure.kafka().bootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(replies));
            return await().atMost(SOON)
                    .until(
                            () -> {
                                consumer.seekToBeginning(List.of(replies));
                                List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
                                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                                    if (key.equals(record.key())) {
                                        found.add(record);
                                    }
                                }
                                return found;
                            },
                            found -> found.size() >= count);
        }
    }

    private static SubmissionReply parse(ConsumerRecord<String, byte[]> record) {
        try {
            if (contentType(record).equals(Headers.PROTOBUF)) {
                return SubmissionReply.parseFrom(record.value());
            }
            SubmissionReply.Builder reply = SubmissionReply.newBuilder();
            JsonFormat.parser().merge(new String(record.value(), StandardCharsets.UTF_8), reply);
            return reply.build();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }
}
