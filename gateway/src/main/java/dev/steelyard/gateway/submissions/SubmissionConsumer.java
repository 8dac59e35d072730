package dev.steelyard.gateway.submissions;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.steelyard.gateway.jobs.JobSubmitter;
import dev.steelyard.gateway.kafka.KafkaClients;
import dev.steelyard.gateway.kafka.RecordLoop;
import dev.steelyard.gateway.keys.ApiKeys;
import dev.steelyard.gateway.problems.ProblemException;
import dev.steelyard.proto.Headers;
import dev.steelyard.proto.Topics;
import dev.steelyard.proto.v1.Problem;
import dev.steelyard.proto.v1.SubmissionReply;
import dev.steelyard.proto.v1.SubmitJob;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Takes submissions from the topic by the same way as REST and answers each. A record read twice after a crash gives
 * the same job, by its idempotency key; one that cannot be read is answered with a problem and passed over.
 */
@Component
class SubmissionConsumer implements SmartLifecycle {
    private static final String GROUP = "steelyard.gateway.submissions";
    private static final int BATCH = 200;

    private final SubmissionParser parser;
    private final JobSubmitter submitter;
    private final ApiKeys keys;
    private final SubmissionSettings settings;
    private final Producer<String, byte[]> producer;
    private final RecordLoop loop;
    private volatile boolean running;

    SubmissionConsumer(
            KafkaClients clients,
            SubmissionParser parser,
            JobSubmitter submitter,
            ApiKeys keys,
            SubmissionSettings settings,
            Producer<String, byte[]> producer) {
        this.parser = parser;
        this.submitter = submitter;
        this.keys = keys;
        this.settings = settings;
        this.producer = producer;
        this.loop = new RecordLoop("submissions", () -> subscribed(clients), true, this::takeAll);
    }

    private static KafkaConsumer<String, byte[]> subscribed(KafkaClients clients) {
        KafkaConsumer<String, byte[]> consumer = clients.consumer(GROUP, BATCH);
        consumer.subscribe(List.of(Topics.SUBMISSIONS));
        return consumer;
    }

    private void takeAll(ConsumerRecords<String, byte[]> records) {
        List<Future<RecordMetadata>> replies = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record : records) {
            SubmissionReply reply = take(record);
            replies.add(producer.send(answer(reply, SubmissionParser.isJson(record))));
        }
        try {
            for (Future<RecordMetadata> reply : replies) {
                reply.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a reply could not be sent: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped while replying", e);
        }
    }

    /** In the form in which the submission came. */
    private static ProducerRecord<String, byte[]> answer(SubmissionReply reply, boolean json) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(
                Topics.SUBMISSION_REPLIES,
                reply.getIdempotencyKey(),
                json ? json(reply).getBytes(StandardCharsets.UTF_8) : reply.toByteArray());
        record.headers()
                .add(
                        Headers.CONTENT_TYPE,
                        (json ? Headers.JSON : Headers.PROTOBUF).getBytes(StandardCharsets.US_ASCII));
        return record;
    }

    private static String json(SubmissionReply reply) {
        try {
            return JsonFormat.printer().omittingInsignificantWhitespace().print(reply);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private SubmissionReply take(ConsumerRecord<String, byte[]> record) {
        SubmissionReply.Builder reply =
                SubmissionReply.newBuilder().setIdempotencyKey(record.key() == null ? "" : record.key());
        try {
            SubmitJob submit = parser.parse(record);
            reply.setIdempotencyKey(submit.getIdempotencyKey());
            if (submit.getIdempotencyKey().isBlank()) {
                throw ProblemException.field("/idempotencyKey", "is missing");
            }
            return reply.setJobId(submitter
                            .submit(
                                    parser.submission(submit),
                                    owner(submit),
                                    submit.getIdempotencyKey(),
                                    traceParent(record))
                            .job()
                            .id()
                            .toString())
                    .build();
        } catch (ProblemException e) {
            return reply.setProblem(Problem.newBuilder()
                            .setCode(e.code())
                            .setDetail(e.detail())
                            .setField(e.field().orElse("")))
                    .build();
        }
    }

    private String owner(SubmitJob submit) {
        if (submit.getApiKey().isEmpty() && settings.trustedOwner() != null) {
            return settings.trustedOwner();
        }
        Optional<ApiKeys.Holder> holder = keys.authenticate(submit.getApiKey());
        return holder.filter(ApiKeys.Holder::maySubmit)
                .map(ApiKeys.Holder::id)
                .orElseThrow(() -> ProblemException.forbidden("apiKey is missing, unknown or may not submit"));
    }

    private static @Nullable String traceParent(ConsumerRecord<String, byte[]> record) {
        Header header = record.headers().lastHeader(Headers.TRACE_PARENT);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    public void start() {
        running = true;
        if (settings.enabled()) {
            loop.start();
        }
    }

    @Override
    public void stop() {
        running = false;
        loop.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
