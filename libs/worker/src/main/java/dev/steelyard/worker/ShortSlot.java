package dev.steelyard.worker;

import dev.steelyard.proto.Topics;
import dev.steelyard.worker.attempt.Stop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes short jobs in batches: runs them in order, makes their events durable together, acknowledges them together. */
final class ShortSlot extends Loop {
    private static final Logger log = LoggerFactory.getLogger(ShortSlot.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofMillis(250);

    private final WorkerContext context;

    ShortSlot(int number, WorkerContext context) {
        super("short-slot-" + number);
        this.context = context;
    }

    @Override
    void work() throws InterruptedException {
        if (!context.preparation().await(this)) {
            return; // before the first poll: a record taken now would lose its lock while it waits
        }
        String service = context.catalog().service();
        try (ShareConsumer<String, byte[]> consumer = context.clients()
                .inBatches(
                        Topics.shortWorkerGroup(service),
                        name(),
                        context.properties().shortBatch())) {
            consumer.setAcknowledgementCommitCallback((_, failure) -> {
                if (failure != null) {
                    context.metrics().ackFailed();
                }
            });
            consumer.subscribe(List.of(Topics.shortJobs(service)));
            while (!stopping()) {
                List<ShortAttempt> batch = new ArrayList<>();
                for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                    batch.add(new ShortAttempt(record, context));
                }
                working();
                if (!batch.isEmpty()) {
                    take(new HeldBatch(consumer, batch, context.metrics()));
                }
            }
        }
    }

    private void take(HeldBatch held) throws InterruptedException {
        context.metrics().busy(1);
        try {
            List<ShortAttempt> batch = held.open();
            Thread runner =
                    Thread.ofPlatform().daemon().name(name() + "-runner").start(() -> perform(batch));
            boolean over = supervise(runner, held);
            if (batch.stream().anyMatch(ShortAttempt::isGivenBack)) {
                log.info("jobs are for other versions of their methods: given back");
                pause(held.lock().dividedBy(3));
            }
            held.acknowledge();
            if (!over) {
                awaitStray(runner, held);
            }
        } finally {
            context.metrics().busy(-1);
        }
    }

    private void perform(List<ShortAttempt> batch) {
        for (ShortAttempt attempt : batch) {
            if (stopping()) {
                break;
            }
            attempt.perform();
        }
        context.preparation().events().flush();
        sendAgain(batch);
    }

    /** Until the broker has taken the events, or the records are no longer to be kept. */
    private void sendAgain(List<ShortAttempt> batch) {
        GrowingPause pause = new GrowingPause();
        while (!stopping() && batch.stream().anyMatch(ShortAttempt::isUnsent)) {
            pause(pause.next());
            for (ShortAttempt attempt : batch) {
                if (!stopping()) {
                    attempt.sendAgain();
                }
            }
            context.preparation().events().flush();
        }
    }

    /** Keeps the locks until the batch is over. False: one of its jobs does not stop. */
    private boolean supervise(Thread runner, HeldBatch held) throws InterruptedException {
        while (!runner.join(least(LOOK, held.untilRenewal()))) {
            if (stopping()) {
                held.open().forEach(a -> a.stop(new Stop(Stop.Cause.SHUTDOWN, "the worker stops")));
            }
            if (!held.untilRenewal().isPositive()) {
                held.renew();
            }
            for (ShortAttempt attempt : held.open()) {
                if (attempt.isStuck()) {
                    held.open().forEach(ShortAttempt::skip);
                    attempt.detach();
                    context.preparation().events().flush();
                    return false;
                }
            }
        }
        return true;
    }

    private void awaitStray(Thread stray, HeldBatch held) throws InterruptedException {
        held.commit();
        context.metrics().stuck(1);
        while (!stopping() && !stray.join(POLL)) {
            log.debug("waiting for {}", stray.getName());
        }
        context.metrics().stuck(-1);
    }

    private static Duration least(Duration one, Duration other) {
        Duration least = one.compareTo(other) < 0 ? one : other;
        return least.isPositive() ? least : Duration.ofNanos(1);
    }
}
