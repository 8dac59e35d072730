package dev.steelyard.worker;

import com.google.protobuf.Timestamp;
import dev.steelyard.proto.Headers;
import dev.steelyard.proto.Topics;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.MethodAnnouncement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what this worker has to say: events and announcements, as CloudEvents. Safe to use from several threads. */
final class EventPublisher implements EventSink, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EventPublisher.class);
    private static final Header SPEC_VERSION = Trace.text(Headers.CE_SPEC_VERSION, Headers.SPEC_VERSION);
    private static final Header CONTENT_TYPE = Trace.text(Headers.CONTENT_TYPE, Headers.PROTOBUF);

    private final Producer<String, byte[]> producer;
    private final Header source;

    EventPublisher(Producer<String, byte[]> producer, String worker) {
        this.producer = producer;
        this.source = Trace.text(Headers.CE_SOURCE, "/workers/" + worker);
    }

    @Override
    public void send(JobEvent event, Trace trace, Consumer<Boolean> durable) {
        try {
            var _ = producer.send(record(event, trace), (_, failure) -> {
                if (failure != null) {
                    log.warn("job {}: event {} was not sent: {}", event.getJobId(), event.getKindCase(), text(failure));
                }
                durable.accept(failure == null);
            });
        } catch (InterruptException e) {
            Thread.currentThread().interrupt(); // the client takes the flag away
            durable.accept(false);
        } catch (KafkaException | IllegalStateException e) {
            log.warn("job {}: event {} was not sent: {}", event.getJobId(), event.getKindCase(), text(e));
            durable.accept(false);
        }
    }

    private ProducerRecord<String, byte[]> record(JobEvent event, Trace trace) {
        String type = event.getKindCase().name().toLowerCase(Locale.ROOT);
        List<Header> headers = new ArrayList<>(10);
        headers.add(SPEC_VERSION);
        headers.add(source);
        headers.add(CONTENT_TYPE);
        headers.add(Trace.text(Headers.CE_ID, event.getAttemptId() + ":" + event.getSequence()));
        headers.add(Trace.text(Headers.CE_TYPE, "dev.steelyard.job." + type));
        headers.add(Trace.text(Headers.CE_SUBJECT, event.getJobId()));
        headers.add(Trace.text(Headers.CE_TIME, time(event.getOccurredAt())));
        headers.addAll(trace.headers());
        return new ProducerRecord<>(Topics.EVENTS, null, event.getJobId(), event.toByteArray(), headers);
    }

    private static String time(Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos())
                .toString();
    }

    /**
     * Tells the platform about methods and waits until it is durable.
     *
     * @throws KafkaException when the broker does not take it
     */
    void announce(List<MethodAnnouncement> announcements) throws InterruptedException {
        List<Future<?>> sent = new ArrayList<>();
        for (MethodAnnouncement each : announcements) {
            String id = each.getService() + "/" + each.getName();
            List<Header> headers = List.of(
                    SPEC_VERSION,
                    source,
                    CONTENT_TYPE,
                    Trace.text(Headers.CE_ID, id + ":" + each.getVersion()),
                    Trace.text(Headers.CE_TYPE, "dev.steelyard.method.announced"),
                    Trace.text(Headers.CE_SUBJECT, id));
            sent.add(producer.send(new ProducerRecord<>(Topics.METHODS, null, id, each.toByteArray(), headers)));
        }
        for (Future<?> each : sent) {
            try {
                each.get(30, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw new KafkaException("methods were not announced: " + text(e.getCause()), e.getCause());
            } catch (TimeoutException e) {
                throw new KafkaException("methods were not announced within 30 s", e);
            }
        }
    }

    /** Sends at once what is still gathering, and waits for the broker's answers. */
    void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }

    private static String text(@Nullable Throwable failure) {
        return failure == null ? "unknown cause" : failure.getClass().getSimpleName() + ": " + failure.getMessage();
    }
}
