package dev.steelyard.worker;

import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.RunJob;
import dev.steelyard.worker.attempt.Ack;
import dev.steelyard.worker.attempt.Ending;
import dev.steelyard.worker.attempt.Stop;
import dev.steelyard.worker.attempt.Triage;
import dev.steelyard.worker.catalog.HostedMethod;
import dev.steelyard.worker.job.JobRun;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One record of a batch of short jobs. Its first event is its last. */
final class ShortAttempt {
    private static final Logger log = LoggerFactory.getLogger(ShortAttempt.class);

    private final ConsumerRecord<String, byte[]> record;
    private final WorkerContext context;
    private volatile @Nullable Ack ack;
    private volatile @Nullable Running running;
    private volatile boolean lost;
    private volatile boolean skipped;
    private volatile boolean givenBack;
    private volatile @Nullable Runnable unsent;

    ShortAttempt(ConsumerRecord<String, byte[]> record, WorkerContext context) {
        this.record = record;
        this.context = context;
    }

    ConsumerRecord<String, byte[]> record() {
        return record;
    }

    /** What becomes of the record; empty as long as that, or the event that says so, is not durable. */
    Optional<Ack> ack() {
        return Optional.ofNullable(ack);
    }

    /** Whether the job is for another version of its method. */
    boolean isGivenBack() {
        return givenBack;
    }

    /** The record is no longer this worker's. */
    void lose() {
        lost = true;
        stop(new Stop(Stop.Cause.LOCK_LOST, "the broker gave the record to another worker"));
    }

    /** Keeps the job from being begun. */
    void skip() {
        skipped = true;
    }

    /** Stops the job if it runs. */
    void stop(Stop stop) {
        Running now = running;
        if (now != null) {
            now.stop(stop);
        }
    }

    /** Stops the job if it has run for too long. True: it has had time enough to do so and has not. */
    boolean isStuck() {
        Running now = running;
        return now != null && now.isStuck();
    }

    /** Gives up a job that does not stop: reports it without its result. */
    void detach() {
        Running now = running;
        if (now != null) {
            log.error("job {} does not stop: its slot is lost until it does", now.jobId());
            now.run.abandon();
            report(now.events, now.stop().orElseThrow().ending(!lost));
        }
    }

    /** Does all there is to do about the record; the slot's runner calls it. */
    void perform() {
        if (lost || skipped) {
            return;
        }
        int deliveryCount = record.deliveryCount().map(Short::intValue).orElse(1);
        String key = record.key() == null ? "" : record.key();
        byte[] value = record.value() == null ? new byte[0] : record.value();
        switch (Triage.of(key, value, deliveryCount, context)) {
            case Triage.Noise(String why) -> {
                log.warn("{}-{}@{} is rejected: {}", record.topic(), record.partition(), record.offset(), why);
                ack = Ack.REJECT;
            }
            case Triage.GiveBack _ -> {
                givenBack = true;
                ack = Ack.RELEASE;
            }
            case Triage.End(RunJob job, Ending ending) ->
                report(events(context.newAttempt(job, deliveryCount)), ending);
            case Triage.Run(RunJob job) -> run(job, context.newAttempt(job, deliveryCount));
        }
    }

    private void run(RunJob job, JobEvent head) {
        long began = System.nanoTime();
        HostedMethod<?> method = context.catalog().find(job.getMethod()).orElseThrow();
        AttemptEvents events = events(head);
        Running now = new Running(job, head, events, new JobRun(method, job, context.means(), events));
        running = now;
        context.orders().register(now);
        try {
            Ending ending = Ending.of(now.run.execute(), now.stop(), !lost);
            report(events, ending);
            if (ending.forget()) {
                context.means().store().removeCheckpoint(job.getJobId(), job.getDispatch());
            }
            context.metrics().ended(method.id(), ending.outcome(), Duration.ofNanos(System.nanoTime() - began));
        } catch (IOException | IllegalArgumentException e) {
            log.warn("job {}: its saved state stays behind: {}", job.getJobId(), e.toString());
        } finally {
            running = null;
            context.orders().unregister(now);
        }
    }

    private AttemptEvents events(JobEvent head) {
        return new AttemptEvents(
                head, Trace.of(record.headers()), context.preparation().events(), System::nanoTime);
    }

    private void report(AttemptEvents events, Ending ending) {
        if (ending.isReported()) {
            events.end(ending.report(), durable -> reported(events, ending, durable));
        } else {
            ack = ending.ack();
        }
    }

    private void reported(AttemptEvents events, Ending ending, boolean durable) {
        if (durable) {
            ack = ending.ack();
        } else {
            unsent = () -> events.endAgain(taken -> reported(events, ending, taken));
        }
    }

    /** Whether the broker has not taken the job's event and the record is still to be kept for it. */
    boolean isUnsent() {
        return unsent != null && !lost && !skipped;
    }

    /** Sends the job's event again if it {@link #isUnsent}. */
    void sendAgain() {
        Runnable event = unsent;
        if (event != null && isUnsent()) {
            unsent = null;
            event.run();
        }
    }

    /** The job while it runs. */
    private final class Running implements Orders.Attempt {
        private final RunJob job;
        private final JobEvent head;
        private final AttemptEvents events;
        private final JobRun run;
        private final long limitAt;
        private @Nullable Stop stop;
        private long stopAt;

        Running(RunJob job, JobEvent head, AttemptEvents events, JobRun run) {
            this.job = job;
            this.head = head;
            this.events = events;
            this.run = run;
            this.limitAt = System.nanoTime() + limit().toNanos();
        }

        private Duration limit() {
            return WorkerContext.limit(job, context.properties().shortTimeout());
        }

        @Override
        public String jobId() {
            return job.getJobId();
        }

        @Override
        public String attemptId() {
            return head.getAttemptId();
        }

        @Override
        public int dispatch() {
            return job.getDispatch();
        }

        @Override
        public synchronized void stop(Stop other) {
            if (stop == null) {
                stopAt = System.nanoTime();
                stop = other;
                run.stop();
            } else {
                stop = stop.or(other);
            }
        }

        synchronized Optional<Stop> stop() {
            return Optional.ofNullable(stop);
        }

        synchronized boolean isStuck() {
            if (stop == null && System.nanoTime() - limitAt >= 0) {
                stop(new Stop(Stop.Cause.TIMEOUT, "the job ran longer than " + limit()));
            }
            return stop != null
                    && System.nanoTime() - stopAt
                            >= context.properties().grace().toNanos();
        }
    }
}
