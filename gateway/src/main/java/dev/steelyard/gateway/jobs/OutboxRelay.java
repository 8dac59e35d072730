package dev.steelyard.gateway.jobs;

import dev.steelyard.proto.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
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
            delete from outbox where id in (
                select id from outbox where available_at <= now() order by available_at, id
                limit ? for update skip locked)
            returning topic, record_key, type, payload, trace_parent
            """;

    private final JdbcTemplate database;
    private final TransactionTemplate transaction;
    private final Producer<String, byte[]> producer;
    private final Semaphore wake = new Semaphore(0);
    private volatile boolean running;
    private volatile @Nullable Thread thread;

    OutboxRelay(JdbcTemplate database, TransactionTemplate transaction, Producer<String, byte[]> producer) {
        this.database = database;
        this.transaction = transaction;
        this.producer = producer;
    }

    private record Row(
            String topic,
            String key,
            String type,
            byte[] payload,
            @Nullable String traceParent) {}

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
                LOG.warn("outbox waits for database or broker: {}", e.toString());
                pause();
            }
        }
    }

    private int relayOnce() {
        Integer sent = transaction.execute(status -> {
            List<Row> rows = database.query(
                    TAKE,
                    (row, n) -> new Row(
                            row.getString(1), row.getString(2), row.getString(3), row.getBytes(4), row.getString(5)),
                    BATCH);
            send(rows);
            return rows.size();
        });
        return sent == null ? 0 : sent;
    }

    private void send(List<Row> rows) {
        List<Future<RecordMetadata>> sent = new ArrayList<>(rows.size());
        for (Row row : rows) {
            sent.add(producer.send(record(row)));
        }
        try {
            for (Future<RecordMetadata> future : sent) {
                future.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker did not take a record: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped while sending", e);
        }
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
