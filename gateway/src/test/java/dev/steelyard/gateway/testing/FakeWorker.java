package dev.steelyard.gateway.testing;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import dev.steelyard.proto.Topics;
import dev.steelyard.proto.v1.Control;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.MethodAnnouncement;
import dev.steelyard.proto.v1.RunJob;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Speaks the workers' contract over real Kafka, as a test tells it to. Sees every command and every order. */
public final class FakeWorker implements AutoCloseable {
    private final String service;
    private final KafkaProducer<String, byte[]> producer;
    private final KafkaConsumer<String, byte[]> consumer;
    private final List<RunJob> commands = new CopyOnWriteArrayList<>();
    private final List<Control> orders = new CopyOnWriteArrayList<>();

    FakeWorker(String bootstrapServers, String service) {
        this.service = service;
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrapServers, "acks", "all");
        producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        Thread.ofVirtual().start(this::read);
    }

    private void read() {
        List<TopicPartition> partitions = List.of(
                new TopicPartition(Topics.jobs(service), 0),
                new TopicPartition(Topics.jobs(service), 1),
                new TopicPartition(Topics.shortJobs(service), 0),
                new TopicPartition(Topics.shortJobs(service), 1),
                new TopicPartition(Topics.CONTROL, 0));
        try (consumer) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (true) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (record.topic().equals(Topics.CONTROL)) {
                        orders.add(Control.parseFrom(record.value()));
                    } else {
                        commands.add(RunJob.parseFrom(record.value()));
                    }
                }
            }
        } catch (WakeupException e) {
            // closed
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Announces a method with a schema of two parameters, bits (4) and name. */
    public FakeWorker announce(String method, Consumer<MethodAnnouncement.Builder> more) {
        MethodAnnouncement.Builder announcement = MethodAnnouncement.newBuilder()
                .setService(service)
                .setName(method)
                .setVersion("1")
                .setSummary("For tests.")
                .setParamsSchemaJson("""
                        {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
                         "additionalProperties":false,"properties":{
                         "bits":{"type":"integer","minimum":2,"maximum":8,"default":4},
                         "name":{"type":"string","default":"x"}}}
                        """);
        more.accept(announcement);
        send(Topics.METHODS, service + "/" + method, announcement.build().toByteArray());
        return this;
    }

    /** All commands seen for one job. */
    public List<RunJob> commands(String job) {
        return commands.stream().filter(c -> c.getJobId().equals(job)).toList();
    }

    /** All orders seen for one job. */
    public List<Control> orders(String job) {
        return orders.stream().filter(o -> o.getJobId().equals(job)).toList();
    }

    /** A try at a job; nothing is sent yet. */
    public Attempt attempt(String job, int dispatch, int delivery) {
        return new Attempt(job, dispatch, delivery);
    }

    /** One try at a job, its events numbered. */
    public final class Attempt {
        private final String job;
        private final int dispatch;
        private final int delivery;
        private final UUID id = UUID.randomUUID();
        private long sequence;

        private Attempt(String job, int dispatch, int delivery) {
            this.job = job;
            this.dispatch = dispatch;
            this.delivery = delivery;
        }

        public UUID id() {
            return id;
        }

        public Attempt started() {
            return event(e -> e.setStarted(JobEvent.Started.getDefaultInstance()));
        }

        public Attempt progress(double fraction, String message) {
            return event(e -> e.setProgress(
                    JobEvent.Progress.newBuilder().setFraction(fraction).setMessage(message)));
        }

        public Attempt log(String message) {
            return event(e -> e.setLog(
                    JobEvent.Log.newBuilder().setLevel(JobEvent.Log.Level.INFO).setMessage(message)));
        }

        public Attempt metric(String name, long step, double value) {
            return event(e -> e.setMetric(
                    JobEvent.Metric.newBuilder().setName(name).setStep(step).setValue(value)));
        }

        public Attempt succeeded(String artifact) {
            return event(e -> e.setSucceeded(JobEvent.Succeeded.newBuilder()
                    .setSummaryJson("{\"bits\":4.25}")
                    .putOutputs(
                            "model",
                            JobEvent.Succeeded.Output.newBuilder()
                                    .setArtifact(artifact)
                                    .setKind("model")
                                    .setSize(10)
                                    .setFiles(1)
                                    .build())));
        }

        /** Any event; its sequence number and the rest are filled in. */
        public Attempt event(Consumer<JobEvent.Builder> kind) {
            Instant now = Instant.now();
            JobEvent.Builder event = JobEvent.newBuilder()
                    .setJobId(job)
                    .setAttemptId(id.toString())
                    .setDispatch(dispatch)
                    .setDeliveryCount(delivery)
                    .setWorker("fake-1")
                    .setSequence(++sequence)
                    .setOccurredAt(Timestamp.newBuilder()
                            .setSeconds(now.getEpochSecond())
                            .setNanos(now.getNano()));
            kind.accept(event);
            send(Topics.EVENTS, job, event.build().toByteArray());
            return this;
        }
    }

    /** Sends any record and waits until the broker has it. */
    public void send(String topic, String recordKey, byte[] value) {
        try {
            producer.send(new ProducerRecord<>(topic, recordKey, value)).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        consumer.wakeup();
        producer.close();
    }
}
