package dev.steelyard.worker;

import com.google.protobuf.Timestamp;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.JobEvent.Log;
import dev.steelyard.proto.v1.JobEvent.Metric;
import dev.steelyard.proto.v1.JobEvent.Progress;
import dev.steelyard.proto.v1.JobEvent.Started;
import dev.steelyard.worker.job.JobListener;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The events of one attempt, numbered in the order they are sent, anew from 1 when the broker refused the first: the
 * gateway takes no attempt up in its middle. Thins out what a method says: five progress events a
 * second, twenty points a second of one metric (the newest is kept and sent later), twenty log lines a second after the
 * first hundred. When a method says nothing for five seconds its last progress is sent again, as a sign of life.
 */
final class AttemptEvents implements JobListener {
    private static final long PROGRESS_EVERY = Duration.ofMillis(200).toNanos();
    private static final long METRIC_EVERY = Duration.ofMillis(50).toNanos();
    private static final long SIGN_OF_LIFE_EVERY = Duration.ofSeconds(5).toNanos();
    private static final int METRICS = 200;
    private static final int TEXT = 4_000;

    private final JobEvent head;
    private final Trace trace;
    private final EventSink sink;
    private final LongSupplier nanos;
    private final LineBudget lines;
    private final Map<String, Curve> curves = new HashMap<>();
    private Progress progress = Progress.newBuilder().setFraction(-1).build();
    private boolean progressWaits;
    private long progressAt;
    private long lastAt;
    private long sequence;
    private boolean over;
    private volatile First first = First.UNANSWERED;
    private JobEvent last = JobEvent.getDefaultInstance();

    /**
     * No event yet.
     *
     * @param head what all events of the attempt have in common: ids, rank and worker
     */
    AttemptEvents(JobEvent head, Trace trace, EventSink sink, LongSupplier nanos) {
        this.head = head;
        this.trace = trace;
        this.sink = sink;
        this.nanos = nanos;
        this.lastAt = nanos.getAsLong();
        this.progressAt = lastAt - PROGRESS_EVERY;
        this.lines = new LineBudget(100, 20, lastAt);
    }

    /** The worker holds the record and begins. May be said again when it was not made durable. */
    synchronized void started(Consumer<Boolean> durable) {
        send(JobEvent.newBuilder().setStarted(Started.getDefaultInstance()), durable);
    }

    /**
     * The last event; what the method says from now on is dropped, and so is another last event.
     *
     * @param durable told true when the broker has it and the first event for good; else it is to be sent again
     */
    synchronized void end(JobEvent report, Consumer<Boolean> durable) {
        if (over) {
            return;
        }
        sendWaitingMetrics(true);
        over = true;
        send(report.toBuilder(), taken -> ended(taken, durable));
    }

    /** The last event once more, which was not made durable; as the first one, if that was refused. */
    synchronized void endAgain(Consumer<Boolean> durable) {
        if (first == First.REFUSED) {
            last = last.toBuilder().setSequence(1).build();
        }
        sendLast(taken -> ended(taken, durable));
    }

    /** Answers come in the order of the events, so that of the first one is known by now. */
    private void ended(boolean taken, Consumer<Boolean> durable) {
        durable.accept(taken && first == First.TAKEN);
    }

    /** Drops what the method says from now on. */
    synchronized void close() {
        over = true;
    }

    /** Sends what was held back for long enough, and the sign of life. To be called about once a second. */
    synchronized void tick() {
        long now = nanos.getAsLong();
        if (over) {
            return;
        }
        sendWaitingMetrics(false);
        if (now - lastAt >= SIGN_OF_LIFE_EVERY || (progressWaits && now - progressAt >= PROGRESS_EVERY)) {
            sendProgress(now);
        }
    }

    @Override
    public synchronized void progress(double fraction, String message) {
        if (over) {
            return;
        }
        double known = Double.isNaN(fraction) ? -1 : Math.min(fraction, 1);
        progress = Progress.newBuilder()
                .setFraction(known)
                .setMessage(shortened(message))
                .build();
        progressWaits = true;
        long now = nanos.getAsLong();
        if (now - progressAt >= PROGRESS_EVERY) {
            sendProgress(now);
        }
    }

    @Override
    public synchronized void metric(String name, long step, double value) {
        if (over || (curves.size() >= METRICS && !curves.containsKey(name))) {
            return;
        }
        Curve curve = curves.computeIfAbsent(name, _ -> new Curve(nanos.getAsLong() - METRIC_EVERY));
        curve.waiting =
                Metric.newBuilder().setName(name).setStep(step).setValue(value).build();
        sendIfDue(curve, false);
    }

    @Override
    public synchronized void log(String message) {
        long suppressed = lines.spend(nanos.getAsLong());
        if (over || suppressed < 0) {
            return;
        }
        String note = suppressed > 0 ? " (" + suppressed + " lines left out before)" : "";
        Log line = Log.newBuilder()
                .setLevel(Log.Level.INFO)
                .setMessage(shortened(message) + note)
                .build();
        send(JobEvent.newBuilder().setLog(line), _ -> {});
    }

    private void sendProgress(long now) {
        progressAt = now;
        progressWaits = false;
        send(JobEvent.newBuilder().setProgress(progress), _ -> {});
    }

    private void sendWaitingMetrics(boolean all) {
        curves.values().forEach(curve -> sendIfDue(curve, all));
    }

    private void sendIfDue(Curve curve, boolean anyway) {
        long now = nanos.getAsLong();
        Metric point = curve.waiting;
        if (point != null && (anyway || now - curve.sentAt >= METRIC_EVERY)) {
            curve.sentAt = now;
            curve.waiting = null;
            send(JobEvent.newBuilder().setMetric(point), _ -> {});
        }
    }

    private void send(JobEvent.Builder kind, Consumer<Boolean> durable) {
        lastAt = nanos.getAsLong();
        sequence = first == First.REFUSED ? 1 : sequence + 1;
        Instant now = Instant.now();
        last = kind.mergeFrom(head)
                .setSequence(sequence)
                .setOccurredAt(
                        Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
                .build();
        sendLast(durable);
    }

    private void sendLast(Consumer<Boolean> durable) {
        boolean isFirst = last.getSequence() == 1;
        if (isFirst) {
            first = First.UNANSWERED;
        }
        sink.send(last, trace, taken -> {
            if (isFirst) {
                first = taken ? First.TAKEN : First.REFUSED;
            }
            durable.accept(taken);
        });
    }

    private static String shortened(String text) {
        return text.length() <= TEXT ? text : text.substring(0, TEXT) + "…";
    }

    /** What the broker says of the event with number 1. */
    private enum First {
        UNANSWERED,
        TAKEN,
        REFUSED
    }

    /** One metric: when a point was last sent, and the newest one that was not. */
    private static final class Curve {
        private long sentAt;
        private @Nullable Metric waiting;

        Curve(long sentAt) {
            this.sentAt = sentAt;
        }
    }

    /** So many lines at once, and so many a second after that. */
    private static final class LineBudget {
        private final int most;
        private final int perSecond;
        private double left;
        private long at;
        private long suppressed;

        LineBudget(int most, int perSecond, long now) {
            this.most = most;
            this.perSecond = perSecond;
            this.left = most;
            this.at = now;
        }

        /** Lines left out since the last one that was let through; below 0: this one is left out too. */
        long spend(long now) {
            left = Math.min(most, left + (now - at) / 1e9 * perSecond);
            at = now;
            if (left < 1) {
                suppressed++;
                return -1;
            }
            left--;
            long before = suppressed;
            suppressed = 0;
            return before;
        }
    }
}
