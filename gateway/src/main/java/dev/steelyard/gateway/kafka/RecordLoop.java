package dev.steelyard.gateway.kafka;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that reads a topic and hands each batch to a handler; commits after the handler has returned. When handler
 * or broker fails, it starts anew from the last commit, after a pause.
 */
public final class RecordLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecordLoop.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Supplier<KafkaConsumer<String, byte[]>> consumers;
    private final boolean commits;
    private final Consumer<ConsumerRecords<String, byte[]>> handler;
    private final Thread thread;
    private volatile boolean stopping;
    private volatile @Nullable KafkaConsumer<String, byte[]> open;

    /**
     * Prepares a loop.
     *
     * @param name of the thread
     * @param consumers makes a consumer that is subscribed or assigned already
     * @param commits whether the consumer is in a group
     * @param handler takes a batch; must not lose it silently
     */
    public RecordLoop(
            String name,
            Supplier<KafkaConsumer<String, byte[]>> consumers,
            boolean commits,
            Consumer<ConsumerRecords<String, byte[]>> handler) {
        this.consumers = consumers;
        this.commits = commits;
        this.handler = handler;
        this.thread = new Thread(this::run, name);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        while (!stopping) {
            try (KafkaConsumer<String, byte[]> consumer = consumers.get()) {
                open = consumer;
                while (!stopping) {
                    handle(consumer);
                }
            } catch (WakeupException e) {
                LOG.debug("{} was woken to stop", thread.getName());
            } catch (RuntimeException | Error e) { // a thread that ended would be missed by nobody
                if (!stopping) {
                    LOG.warn("{} starts anew after: {}", thread.getName(), e.toString());
                    LOG.debug("cause", e);
                    pause();
                }
            }
        }
    }

    private void handle(KafkaConsumer<String, byte[]> consumer) {
        ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
        if (!records.isEmpty()) {
            handler.accept(records);
            if (commits) {
                consumer.commitSync();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            stopping = true;
        }
    }

    /** Stops after the batch at hand. */
    @Override
    public void close() {
        stopping = true;
        KafkaConsumer<String, byte[]> consumer = open;
        if (consumer != null) {
            consumer.wakeup();
        }
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
