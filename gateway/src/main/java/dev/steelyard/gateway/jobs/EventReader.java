package dev.steelyard.gateway.jobs;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.steelyard.artifacts.ArtifactId;
import dev.steelyard.artifacts.ArtifactKind;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.Problem;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads events as workers should have sent them, so that none can be stuck on later. */
@Component
class EventReader {
    private static final Logger LOG = LoggerFactory.getLogger(EventReader.class);
    private static final int MAX_TEXT = 16_000;
    private static final int MAX_NAME = 255;
    private static final int MAX_SUMMARY = 1 << 20;

    private final JsonMapper json;

    EventReader(JsonMapper json) {
        this.json = json;
    }

    /** The event; empty, with a line in the log, when nothing can be made of the record. */
    Optional<JobEvent> read(ConsumerRecord<String, byte[]> record) {
        try {
            JobEvent event = JobEvent.parseFrom(record.value() == null ? new byte[0] : record.value());
            UUID.fromString(event.getJobId());
            UUID.fromString(event.getAttemptId());
            return Optional.of(clean(event));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            LOG.warn("left out event {}-{}@{}: {}", record.topic(), record.partition(), record.offset(), e.toString());
            return Optional.empty();
        }
    }

    /** Texts without what a database cannot hold; a success that names nonsense is a failure. */
    private JobEvent clean(JobEvent event) {
        JobEvent.Builder clean = event.toBuilder().setWorker(name(event.getWorker()));
        switch (event.getKindCase()) {
            case PROGRESS ->
                clean.getProgressBuilder().setMessage(text(event.getProgress().getMessage()));
            case METRIC ->
                clean.getMetricBuilder().setName(name(event.getMetric().getName()));
            case LOG -> clean.getLogBuilder().setMessage(text(event.getLog().getMessage()));
            case CANCELLED ->
                clean.getCancelledBuilder().setReason(text(event.getCancelled().getReason()));
            case FAILED ->
                clean.getFailedBuilder().setProblem(problem(event.getFailed().getProblem()));
            case SUCCEEDED ->
                fault(event.getSucceeded())
                        .ifPresent(detail -> clean.setFailed(JobEvent.Failed.newBuilder()
                                .setProblem(Problem.newBuilder()
                                        .setCode("bad-result")
                                        .setDetail(text(detail)))));
            default -> {
                // nothing in it that anyone wrote
            }
        }
        return clean.build();
    }

    private Optional<String> fault(JobEvent.Succeeded success) {
        try {
            for (var output : success.getOutputsMap().entrySet()) {
                ArtifactId.parse(output.getValue().getArtifact());
                ArtifactKind.parse(output.getValue().getKind());
                if (output.getKey().isEmpty() || !output.getKey().equals(name(output.getKey()))) {
                    throw new IllegalArgumentException("output '" + output.getKey() + "' has no proper name");
                }
            }
            String summary = success.getSummaryJson();
            if (summary.length() > MAX_SUMMARY || summary.contains("\\u0000")) {
                throw new IllegalArgumentException("the summary is too long or holds a NUL character");
            }
            if (!summary.isEmpty() && !json.readTree(summary).isObject()) {
                throw new IllegalArgumentException("the summary is not a JSON object");
            }
            return Optional.empty();
        } catch (IllegalArgumentException | JacksonException e) {
            return Optional.of("the worker's result cannot be read: " + e.getMessage());
        }
    }

    private static Problem problem(Problem problem) {
        return problem.toBuilder()
                .setCode(name(problem.getCode()))
                .setDetail(text(problem.getDetail()))
                .setField(text(problem.getField()))
                .setFile(text(problem.getFile()))
                .setTensor(text(problem.getTensor()))
                .build();
    }

    private static String name(String text) {
        return shortened(text, MAX_NAME);
    }

    private static String text(String text) {
        return shortened(text, MAX_TEXT);
    }

    private static String shortened(String text, int limit) {
        String whole = text.indexOf('\0') < 0 ? text : text.replace('\0', ' ');
        return whole.length() <= limit ? whole : whole.substring(0, limit) + "…";
    }
}
