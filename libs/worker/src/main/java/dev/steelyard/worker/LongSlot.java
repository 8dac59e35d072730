package dev.steelyard.worker;

import dev.steelyard.proto.Topics;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.RunJob;
import dev.steelyard.worker.attempt.Ack;
import dev.steelyard.worker.attempt.AttemptLife;
import dev.steelyard.worker.attempt.Ending;
import dev.steelyard.worker.attempt.Step;
import dev.steelyard.worker.attempt.Stop;
import dev.steelyard.worker.attempt.Triage;
import dev.steelyard.worker.catalog.HostedMethod;
import dev.steelyard.worker.job.JobRun;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes long jobs, one at a time, with a consumer of its own. */
final class LongSlot extends Loop {
    private static final Logger log = LoggerFactory.getLogger(LongSlot.class);
    private static final Duration POLL = Duration.ofSeconds(1);

    private final WorkerContext context;
    private volatile @Nullable LongAttempt current;

    LongSlot(int number, WorkerContext context) {
        super("slot-" + number);
        this.context = context;
    }

    @Override
    void stop() {
        super.stop();
        LongAttempt running = current;
        if (running != null) {
            running.stop(new Stop(Stop.Cause.SHUTDOWN, "the worker stops"));
        }
    }

    @Override
    void work() throws InterruptedException {
        if (!context.preparation().await(this)) {
            return; // before the first poll: a record taken now would lose its lock while it waits
        }
        String service = context.catalog().service();
        try (ShareConsumer<String, byte[]> consumer = context.clients().oneByOne(Topics.workerGroup(service), name())) {
            consumer.setAcknowledgementCommitCallback((_, failure) -> {
                if (failure != null) {
                    context.metrics().ackFailed();
                }
            });
            consumer.subscribe(List.of(Topics.jobs(service)));
            while (!stopping()) {
                List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
                consumer.poll(POLL).forEach(records::add);
                working();
                if (!records.isEmpty()) {
                    HeldRecord held = new HeldRecord(consumer, records.removeFirst());
                    records.forEach(more -> consumer.acknowledge(more, AcknowledgeType.RELEASE));
                    take(held);
                    awaitStray(consumer);
                }
            }
        }
    }

    private void take(HeldRecord held) throws InterruptedException {
        ConsumerRecord<String, byte[]> record = held.record();
        String key = record.key() == null ? "" : record.key();
        byte[] value = record.value() == null ? new byte[0] : record.value();
        switch (Triage.of(key, value, held.deliveryCount(), context)) {
            case Triage.Noise(String why) -> {
                log.warn("{} is rejected: {}", held, why);
                held.acknowledge(Ack.REJECT);
            }
            case Triage.GiveBack(RunJob job) -> {
                log.info("job {} is for another version of {}: given back", job.getJobId(), job.getMethod());
                pause(held.lock().dividedBy(3));
                held.acknowledge(Ack.RELEASE);
            }
            case Triage.End(RunJob job, Ending ending) -> attempt(held, job, AttemptLife.endAtOnce(ending));
            case Triage.Run(RunJob job) -> attempt(held, job, AttemptLife.begin());
        }
    }

    private void attempt(HeldRecord held, RunJob job, Step first) throws InterruptedException {
        long began = System.nanoTime();
        JobEvent head = context.newAttempt(job, held.deliveryCount());
        AttemptEvents events = new AttemptEvents(
                head, Trace.of(held.record().headers()), context.preparation().events(), System::nanoTime);
        Optional<HostedMethod<?>> method = context.catalog().find(job.getMethod());
        LongAttempt attempt = new LongAttempt(
                job, head, held, events, context, () -> new JobRun(method.orElseThrow(), job, context.means(), events));
        context.metrics().busy(1);
        context.orders().register(attempt);
        current = attempt;
        try {
            if (stopping()) {
                attempt.stop(new Stop(Stop.Cause.SHUTDOWN, "the worker stops"));
            }
            Ending ending = attempt.live(first);
            if (ending.forget()) {
                forgetState(job);
            }
            held.acknowledge(ending.ack());
            context.metrics()
                    .ended(
                            method.map(HostedMethod::id).orElse("unknown"),
                            ending.outcome(),
                            Duration.ofNanos(System.nanoTime() - began));
        } finally {
            context.orders().unregister(attempt);
            context.metrics().busy(-1);
        }
    }

    private void forgetState(RunJob job) {
        try {
            context.means().store().removeCheckpoint(job.getJobId(), job.getDispatch());
        } catch (IOException | IllegalArgumentException e) {
            log.warn("job {}: its saved state stays behind: {}", job.getJobId(), e.toString());
        }
    }

    /** A method that does not stop still has the slot's cores and memory: no other job is taken until it returns. */
    private void awaitStray(ShareConsumer<String, byte[]> consumer) throws InterruptedException {
        LongAttempt last = current;
        current = null;
        Thread stray = last == null ? null : last.stray();
        if (stray == null || !stray.isAlive()) {
            return;
        }
        consumer.commitSync();
        context.metrics().stuck(1);
        while (stray.isAlive() && !stopping()) {
            stray.join(POLL);
        }
        context.metrics().stuck(-1);
    }
}
