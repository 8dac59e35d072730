package dev.steelyard.gateway.jobs;

import dev.steelyard.proto.Headers;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sends what the outbox holds and forgets it once the broker has it. Takes many rows in one transaction, skipping those
 * another replica is busy with. A crash between sending and forgetting sends twice; attempts are ranked, so that does
 * no harm.
 */
@Component
class OutboxRelay implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);
    private static final int BATCH = 500;
    private static final Duration IDLE = Duration.ofMillis(500);
    private static final String TAKE = """
            select id, topic, record_key, type, payload, trace_parent from outbox
            where available_at <= now() and topic <> all (?)
            order by available_at, id limit ? for update skip locked
            """;

    private final JdbcTemplate database;
    private final TransactionTemplate transaction;
    private final Producer<String, byte[]> producer;
    private final Counter sent;
    private final BlockedTopics blocked = new BlockedTopics(Duration.ofSeconds(2));
    private final Semaphore wake = new Semaphore(0);
    private volatile boolean running;
    private volatile @Nullable Thread thread;

    OutboxRelay(
            JdbcTemplate database,
            TransactionTemplate transaction,
            Producer<String, byte[]> producer,
            MeterRegistry meters) {
        this.database = database;
        this.transaction = transaction;
        this.producer = producer;
        this.sent = meters.counter("steelyard.outbox.sent");
    }

    private record Row(
            long id,
            String topic,
            String key,
            String type,
            byte[] payload,
            @Nullable String traceParent) {}

    private record Sending(Row row, Future<RecordMetadata> outcome) {}

    /** Something was committed to the outbox. */
    void wake() {
        wake.release();
    }

    private void run() {
        while (running) {
            try {
                if (relayOnce() < BATCH && wake.tryAcquire(IDLE.toMillis(), TimeUnit.MILLISECONDS)) {
                    wake.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("outbox waits for the database: {}", e.toString());
                pause();
            }
        }
    }

    /** Number of records sent. */
    private int relayOnce() {
        return transaction.execute(status -> {
            List<Row> rows = database.query(
                    TAKE,
                    (row, n) -> new Row(
                            row.getLong(1),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            row.getBytes(5),
                            row.getString(6)),
                    blocked.now(),
                    BATCH);
            List<Long> done = awaitAll(send(rows));
            if (!done.isEmpty()) {
                database.update("delete from outbox where id = any (?)", (Object) done.toArray(Long[]::new));
                sent.increment(done.size());
            }
            return done.size();
        });
    }

    /** Hands records to the client; a topic that fails once, be it that it is missing, is left alone for a while. */
    private List<Sending> send(List<Row> rows) {
        List<Sending> sending = new ArrayList<>(rows.size());
        for (Row row : rows.stream().sorted(Comparator.comparingLong(Row::id)).toList()) {
            if (blocked.contains(row.topic())) {
                continue;
            }
            try {
                sending.add(new Sending(row, producer.send(record(row))));
            } catch (KafkaException e) {
                blocked.add(row.topic(), e);
            }
        }
        return sending;
    }

    private List<Long> awaitAll(List<Sending> sending) {
        List<Long> done = new ArrayList<>(sending.size());
        for (Sending each : sending) {
            try {
                each.outcome().get();
                done.add(each.row().id());
            } catch (ExecutionException e) {
                blocked.add(each.row().topic(), e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("stopped while sending", e);
            }
        }
        return done;
    }

    private static ProducerRecord<String, byte[]> record(Row row) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(row.topic(), row.key(), row.payload());
        header(record, Headers.CE_SPEC_VERSION, Headers.SPEC_VERSION);
        header(record, Headers.CE_ID, UUID.randomUUID().toString());
        header(record, Headers.CE_SOURCE, "/steelyard/gateway");
        header(record, Headers.CE_TYPE, row.type());
        header(record, Headers.CE_SUBJECT, row.key());
        header(record, Headers.CE_TIME, Instant.now().toString());
        header(record, Headers.CONTENT_TYPE, Headers.PROTOBUF);
        if (row.traceParent() != null) {
            header(record, Headers.TRACE_PARENT, row.traceParent());
        }
        return record;
    }

    private static void header(ProducerRecord<String, byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static void pause() {
        try {
            Thread.sleep(IDLE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().name("outbox-relay").start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        wake();
        Thread relay = thread;
        if (relay != null) {
            try {
                relay.join(Duration.ofSeconds(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
