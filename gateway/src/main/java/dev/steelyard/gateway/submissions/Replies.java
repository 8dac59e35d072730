package dev.steelyard.gateway.submissions;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.steelyard.gateway.problems.ProblemException;
import dev.steelyard.proto.Headers;
import dev.steelyard.proto.Topics;
import dev.steelyard.proto.v1.Problem;
import dev.steelyard.proto.v1.SubmissionReply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Writes and sends the answers to submissions; none is longer than a few kB, whatever was sent. */
@Component
class Replies {
    private static final Logger LOG = LoggerFactory.getLogger(Replies.class);
    private static final int MAX_KEY = 255;
    private static final int MAX_FIELD = 512;
    private static final int MAX_DETAIL = 2_000;

    private final Producer<String, byte[]> producer;

    Replies(Producer<String, byte[]> producer) {
        this.producer = producer;
    }

    static SubmissionReply job(String key, String id) {
        return SubmissionReply.newBuilder()
                .setIdempotencyKey(shortened(key, MAX_KEY))
                .setJobId(id)
                .build();
    }

    static SubmissionReply problem(String key, ProblemException problem) {
        return problem(key, problem.code(), problem.detail(), problem.field().orElse(""));
    }

    /** For what the gateway should have been able to take. */
    static SubmissionReply internal(String key) {
        return problem(key, "internal", "an error of the gateway; its log says more", "");
    }

    private static SubmissionReply problem(String key, String code, String detail, String field) {
        return SubmissionReply.newBuilder()
                .setIdempotencyKey(shortened(key, MAX_KEY))
                .setProblem(Problem.newBuilder()
                        .setCode(code)
                        .setDetail(shortened(detail, MAX_DETAIL))
                        .setField(shortened(field, MAX_FIELD)))
                .build();
    }

    private static String shortened(String text, int limit) {
        return text.length() <= limit ? text : text.substring(0, limit);
    }

    /** Hands a reply to the client, in the form in which the submission came. */
    Future<RecordMetadata> send(SubmissionReply reply, boolean json) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(
                Topics.SUBMISSION_REPLIES,
                reply.getIdempotencyKey(),
                json ? json(reply).getBytes(StandardCharsets.UTF_8) : reply.toByteArray());
        record.headers()
                .add(
                        Headers.CONTENT_TYPE,
                        (json ? Headers.JSON : Headers.PROTOBUF).getBytes(StandardCharsets.US_ASCII));
        return producer.send(record);
    }

    private static String json(SubmissionReply reply) {
        try {
            return JsonFormat.printer().omittingInsignificantWhitespace().print(reply);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Returns when the broker has all of them; one that is too large for it would be so again, and is left out.
     *
     * @throws IllegalStateException when the broker does not take them for now
     */
    static void await(List<Future<RecordMetadata>> sent) {
        for (Future<RecordMetadata> reply : sent) {
            try {
                reply.get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof RecordTooLargeException)) {
                    throw new IllegalStateException("a reply could not be sent: " + e.getCause(), e);
                }
                LOG.warn("left out a reply: {}", e.getCause().getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("stopped while replying", e);
            }
        }
    }
}
