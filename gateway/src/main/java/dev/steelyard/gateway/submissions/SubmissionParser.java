package dev.steelyard.gateway.submissions;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.steelyard.gateway.jobs.JobSubmission;
import dev.steelyard.gateway.jobs.Publication;
import dev.steelyard.gateway.problems.ProblemException;
import dev.steelyard.proto.Headers;
import dev.steelyard.proto.v1.SubmitJob;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads a record as {@code SubmitJob}, from protobuf or from JSON as its content-type says. */
@Component
class SubmissionParser {
    private static final int MAX_BYTES = 1 << 20;

    private final JsonMapper json;

    SubmissionParser(JsonMapper json) {
        this.json = json;
    }

    SubmitJob parse(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null || record.value().length > MAX_BYTES) {
            throw ProblemException.badRequest("the record's value must have 1 to " + MAX_BYTES + " bytes");
        }
        try {
            if (isJson(record)) {
                SubmitJob.Builder submission = SubmitJob.newBuilder();
                JsonFormat.parser().merge(new String(record.value(), StandardCharsets.UTF_8), submission);
                return submission.build();
            }
            return SubmitJob.parseFrom(record.value());
        } catch (InvalidProtocolBufferException e) {
            throw ProblemException.badRequest("the record is not a SubmitJob: " + e.getMessage());
        }
    }

    /** The same as REST would have been asked for. */
    JobSubmission submission(SubmitJob submit) {
        try {
            ObjectNode params = submit.hasParams()
                    ? (ObjectNode) json.readTree(JsonFormat.printer().print(submit.getParams()))
                    : json.createObjectNode();
            return new JobSubmission(
                    submit.getMethod(),
                    params,
                    submit.getInputsMap(),
                    submit.getSeed(),
                    !submit.hasCache() || submit.getCache(),
                    submit.hasTimeout() ? timeout(submit.getTimeout()) : null,
                    submit.getLabelsMap(),
                    null,
                    submit.hasPublish() ? publication(submit.getPublish()) : null);
        } catch (InvalidProtocolBufferException | IllegalArgumentException | JacksonException e) {
            // such as a number that JSON does not have, NaN or Infinity
            throw ProblemException.field("/params", "cannot be read: " + e.getMessage());
        }
    }

    private static Duration timeout(com.google.protobuf.Duration timeout) {
        try {
            return Duration.ofSeconds(timeout.getSeconds(), timeout.getNanos());
        } catch (ArithmeticException e) {
            throw ProblemException.field("/timeout", "is beyond the range of a duration");
        }
    }

    private static Publication publication(dev.steelyard.proto.v1.Publication publish) {
        return new Publication(
                publish.getOutput(),
                publish.getModel(),
                publish.hasExpectedVersion() ? publish.getExpectedVersion() : null);
    }

    static boolean isJson(ConsumerRecord<String, byte[]> record) {
        return header(record, Headers.CONTENT_TYPE)
                .filter(type -> type.startsWith(Headers.JSON))
                .isPresent();
    }

    /** What a header says; Kafka allows one without a value, which says nothing. */
    static Optional<String> header(ConsumerRecord<String, byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
    }
}
