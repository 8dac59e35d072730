package dev.steelyard.cli.client;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import tools.jackson.core.type.TypeReference;

/** Jobs of the platform. */
public final class Jobs {
    private static final String ALL = "/v1/jobs";
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(25);
    private static final int BROKEN_STREAMS = 20;

    private final Http http;

    Jobs(Http http) {
        this.http = http;
    }

    /**
     * Which jobs to list; what is empty does not restrict.
     *
     * @param label "key:value"
     * @param limit 0: the gateway's choice
     */
    public record Filter(String state, String method, String label, int limit) {
        /** All jobs. */
        public static Filter none() {
            return new Filter("", "", "", 0);
        }
    }

    /** One line a job wrote. */
    public record LogLine(String at, String level, String message) {}

    /** One figure a job reported. */
    public record MetricPoint(String name, long step, double value) {}

    public Job submit(Submission submission) {
        return http.post(ALL, submission, Job.class);
    }

    /**
     * Makes the job, or gives the one the same key made before.
     *
     * @param idempotencyKey at most 255 characters
     */
    public Job submit(Submission submission, String idempotencyKey) {
        HttpRequest request = http.request(ALL, submission)
                .header("Idempotency-Key", idempotencyKey)
                .build();
        return http.send(request, Job.class);
    }

    public Job get(String id) {
        return http.get(path(id), Job.class);
    }

    public Page<Job> list(Filter filter, String cursor) {
        Query query = new Query()
                .with("state", filter.state())
                .with("method", filter.method())
                .with("label", filter.label())
                .with("limit", filter.limit())
                .with("cursor", cursor);
        return http.get(query.of(ALL), new TypeReference<>() {});
    }

    public Job cancel(String id) {
        return http.post(path(id) + "/cancel", Map.of(), Job.class);
    }

    public Job retry(String id) {
        return http.post(path(id) + "/retry", Map.of(), Job.class);
    }

    public List<LogLine> logs(String id) {
        return http.get(path(id) + "/logs", new TypeReference<Page<LogLine>>() {})
                .items();
    }

    public List<MetricPoint> metrics(String id) {
        return http.get(path(id) + "/metrics", new TypeReference<Page<MetricPoint>>() {})
                .items();
    }

    /**
     * Waits for the end of a job by looking.
     *
     * @throws UnreachableException when it has not ended in time
     */
    public Job await(String id, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Job job = get(id);
            if (job.state().ended()) {
                return job;
            }
            if (System.nanoTime() > deadline) {
                throw new UnreachableException(
                        "job " + id + " is " + job.state() + " after " + patience.toSeconds() + " s", null);
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    /**
     * Follows a job to its end; a broken stream is taken up where it broke.
     *
     * @param listener is told what happens, in order
     * @return the ended job
     */
    public Job follow(String id, Consumer<JobEvent> listener) {
        String last = "";
        for (int broken = 0; broken < BROKEN_STREAMS; broken++) {
            HttpRequest.Builder request = http.request(path(id) + "/events").header("Accept", "text/event-stream");
            if (!last.isEmpty()) {
                request.header("Last-Event-ID", last);
            }
            try (EventStream events = new EventStream(http.open(request))) {
                events.forEach(listener);
                last = events.lastId().isEmpty() ? last : events.lastId();
            } catch (IOException e) {
                LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
            }
            Job job = get(id);
            if (job.state().ended()) {
                return job;
            }
        }
        throw new UnreachableException("the event stream of job " + id + " breaks again and again", null);
    }

    private static String path(String id) {
        return ALL + "/" + Query.segment(id);
    }
}
