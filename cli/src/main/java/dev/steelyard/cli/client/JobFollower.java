package dev.steelyard.cli.client;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Reads a job's events to its end. A stream that breaks, as it does when the gateway restarts, or on which nothing comes
 * for longer than the gateway is ever silent, is taken up after the last event seen; between two tries passes a wait
 * that doubles each time.
 */
final class JobFollower {
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Three times the gateway's interval between signs of life. */
    private static final Duration SILENCE = Duration.ofSeconds(45);

    private static final int FIRST_SERVER_ERROR = 500;

    private final Http http;
    private final String path;
    private final Consumer<JobEvent> listener;
    private final Duration firstWait;
    private final Duration patience;
    private final Duration silence;
    private String last = "";
    private Optional<Job.State> state = Optional.empty();

    /** @param path of the job */
    JobFollower(Http http, String path, Consumer<JobEvent> listener) {
        this(http, path, listener, FIRST_WAIT, PATIENCE, SILENCE);
    }

    /**
     * @param patience how long the gateway may give no answer
     * @param silence after which a stream is taken for broken
     */
    JobFollower(
            Http http,
            String path,
            Consumer<JobEvent> listener,
            Duration firstWait,
            Duration patience,
            Duration silence) {
        this.http = http;
        this.path = path;
        this.listener = listener;
        this.firstWait = firstWait;
        this.patience = patience;
        this.silence = silence;
    }

    /**
     * The ended job.
     *
     * @throws UnreachableException when the gateway is silent for longer than patience lasts
     */
    Job toEnd() {
        Duration wait = firstWait;
        long answered = System.nanoTime();
        while (true) {
            try {
                read();
                Job job = http.get(path, Job.class);
                if (job.state().ended()) {
                    return job;
                }
                wait = firstWait;
                answered = System.nanoTime();
            } catch (UnreachableException | ProblemException e) {
                boolean patient = System.nanoTime() - answered < patience.toNanos();
                if (!patient || !passes(e) || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            }
            LockSupport.parkNanos(wait.toNanos());
            wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait.multipliedBy(2);
        }
    }

    /** A gateway that restarts, or what stands before it, may answer with an error of its own for a while. */
    private static boolean passes(RuntimeException failure) {
        return !(failure instanceof ProblemException refusal)
                || refusal.problem().status() >= FIRST_SERVER_ERROR;
    }

    /** Reads events until the stream ends or breaks. */
    private void read() {
        HttpRequest.Builder request = http.request(path + "/events").header("Accept", "text/event-stream");
        if (!last.isEmpty()) {
            request.header("Last-Event-ID", last);
        }
        try (EventStream events = new EventStream(new WatchedStream(http.open(request), silence))) {
            try {
                events.forEach(this::tell);
            } finally {
                last = events.lastId().isEmpty() ? last : events.lastId();
            }
        } catch (IOException e) {
            // the look at the job that follows finds out whether the gateway is there
        }
    }

    /** Each stream begins with the job's state, which is news only once. */
    private void tell(JobEvent event) {
        if (event instanceof JobEvent.StateChanged(Job.State now)) {
            if (state.equals(Optional.of(now))) {
                return;
            }
            state = Optional.of(now);
        }
        listener.accept(event);
    }
}
