package dev.steelyard.worker;

import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.RunJob;
import dev.steelyard.worker.attempt.AttemptLife;
import dev.steelyard.worker.attempt.AttemptState;
import dev.steelyard.worker.attempt.Ending;
import dev.steelyard.worker.attempt.Signal;
import dev.steelyard.worker.attempt.Signal.Simple;
import dev.steelyard.worker.attempt.Step;
import dev.steelyard.worker.attempt.Stop;
import dev.steelyard.worker.job.JobRun;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one attempt through its life: brings signals to {@link AttemptLife} and does what follows. Runs on the slot's
 * thread; the method runs on one of its own.
 */
final class LongAttempt implements Orders.Attempt {
    private static final Logger log = LoggerFactory.getLogger(LongAttempt.class);
    private static final Duration TICK = Duration.ofSeconds(1);

    private final RunJob job;
    private final JobEvent head;
    private final HeldRecord held;
    private final AttemptEvents events;
    private final WorkerContext context;
    private final Supplier<JobRun> runs;
    private final BlockingQueue<Signal> inbox = new LinkedBlockingQueue<>();
    private final Deadline timeout = new Deadline();
    private final Deadline grace = new Deadline();
    private final Deadline again = new Deadline();
    private GrowingPause pause = new GrowingPause();
    private AttemptState state = new AttemptState.Opening();
    private @Nullable Signal answer;
    private @Nullable Signal came;
    private @Nullable JobRun run;
    private @Nullable Thread runner;
    private boolean detached;

    /** An attempt at {@code job}; {@code runs} makes the run, if it comes to that. */
    LongAttempt(
            RunJob job,
            JobEvent head,
            HeldRecord held,
            AttemptEvents events,
            WorkerContext context,
            Supplier<JobRun> runs) {
        this.job = job;
        this.head = head;
        this.held = held;
        this.events = events;
        this.context = context;
        this.runs = runs;
    }

    /**
     * Goes from the first step to the end, at which only the record is left to be acknowledged. When it cannot go on,
     * the method is stopped and nothing more is said.
     */
    Ending live(Step first) throws InterruptedException {
        try {
            take(first);
            while (true) {
                if (state instanceof AttemptState.Ended(Ending ending)) {
                    return ending;
                }
                take(AttemptLife.next(state, nextSignal()));
            }
        } finally {
            events.close();
            if (run != null && !(state instanceof AttemptState.Ended)) {
                run.stop();
            }
        }
    }

    /** The thread of a method that was told to stop and has not. */
    @Nullable
    Thread stray() {
        return detached ? runner : null;
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
    public void stop(Stop stop) {
        inbox.add(new Signal.StopAsked(stop));
    }

    private void take(Step step) {
        state = step.next();
        step.effects().forEach(this::effect);
    }

    private void effect(Step.Effect effect) {
        switch (effect) {
            case OPEN -> events.started(durable -> inbox.add(durable ? Simple.OPENED : Simple.NOT_OPENED));
            case PAUSE -> again.in(pause.next());
            case RENEW -> answer = renew();
            case START_JOB -> startJob();
            case STOP_JOB -> stopJob();
            case DETACH_JOB -> detachJob();
            case REPORT -> report();
            case REPORT_AGAIN -> events.endAgain(this::reported);
        }
    }

    private Signal renew() {
        if (held.renew()) {
            context.metrics().renewed();
            return Simple.RENEWED;
        }
        context.metrics().lockLost();
        return Simple.LOCK_LOST;
    }

    private void startJob() {
        JobRun started = runs.get();
        run = started;
        pause = new GrowingPause();
        timeout.in(limit());
        WorkerContext.asked(job)
                .filter(asked -> asked.compareTo(limit()) > 0)
                .ifPresent(asked -> events.log(
                        "the job asks for " + asked + ", but workers of this service end a job after " + limit()));
        runner = Thread.ofPlatform()
                .daemon()
                .name("job-" + job.getJobId())
                .start(() -> inbox.add(new Signal.JobOver(started.execute())));
    }

    private Duration limit() {
        return WorkerContext.limit(job, context.properties().timeout());
    }

    private void stopJob() {
        timeout.never();
        grace.in(context.properties().grace());
        if (run != null) {
            run.stop();
        }
    }

    private void detachJob() {
        detached = true;
        log.error("job {} ({}) does not stop: its slot is lost until it does", job.getJobId(), job.getMethod());
        if (run != null) {
            run.abandon();
        }
    }

    private void report() {
        again.never(); // Started, should it wait to be sent
        if (state instanceof AttemptState.Reporting reporting) {
            events.end(reporting.ending().report(), this::reported);
        }
    }

    private void reported(boolean durable) {
        inbox.add(durable ? Simple.REPORTED : Simple.NOT_REPORTED);
    }

    private Signal nextSignal() throws InterruptedException {
        while (true) {
            Signal waiting = waitingSignal();
            if (waiting != null) {
                return waiting;
            }
            if (timeout.passed()) {
                return new Signal.StopAsked(new Stop(Stop.Cause.TIMEOUT, "the job ran longer than " + limit()));
            }
            if (grace.passed()) {
                return Simple.GRACE_OVER;
            }
            if (again.passed()) {
                return Simple.PAUSE_OVER;
            }
            if (run != null) {
                events.tick(); // nothing comes before Started: the gateway would take it for an attempt that is over
            }
            came = inbox.poll(untilNextLook().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** A renewal that is due comes before what came by itself, so that no result of a lost record is reported. */
    private @Nullable Signal waitingSignal() {
        Signal answered = answer;
        answer = null;
        if (answered != null) {
            return answered;
        }
        if (!held.untilRenewal().isPositive()) {
            return Simple.RENEWAL_DUE;
        }
        Signal next = came;
        came = null;
        return next;
    }

    private Duration untilNextLook() {
        Duration deadlines = least(least(timeout.left(), grace.left()), again.left());
        return least(least(TICK, held.untilRenewal()), deadlines);
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** A point in time that passes once. */
    private static final class Deadline {
        private @Nullable Long at;

        void in(Duration time) {
            at = System.nanoTime() + time.toNanos();
        }

        void never() {
            at = null;
        }

        boolean passed() {
            Long due = at;
            if (due == null || System.nanoTime() - due < 0) {
                return false;
            }
            at = null;
            return true;
        }

        Duration left() {
            Long due = at;
            return due == null ? TICK : Duration.ofNanos(Math.max(0, due - System.nanoTime()));
        }
    }
}
