package dev.steelyard.cli.client;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import tools.jackson.core.type.TypeReference;

/** Jobs of the platform. */
public final class Jobs {
    private static final String ALL = "/v1/jobs";
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(25);
    private static final int PAGE = 10_000;

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

    /**
     * One line a job wrote.
     *
     * @param id grows from line to line
     */
    public record LogLine(long id, String at, String level, String message) {}

    /**
     * One figure a job reported.
     *
     * @param id grows from point to point
     */
    public record MetricPoint(long id, String name, long step, double value) {}

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

    /** All of them, oldest first. */
    public List<LogLine> logs(String id) {
        return all(path(id) + "/logs", new TypeReference<>() {}, LogLine::id);
    }

    /** All of them, in the order they were reported. */
    public List<MetricPoint> metrics(String id) {
        return all(path(id) + "/metrics", new TypeReference<>() {}, MetricPoint::id);
    }

    private <T> List<T> all(String path, TypeReference<Page<T>> type, ToLongFunction<T> id) {
        List<T> all = new ArrayList<>();
        List<T> page;
        do {
            String after = all.isEmpty() ? "" : Long.toString(id.applyAsLong(all.getLast()));
            Query query = new Query().with("after", after).with("limit", PAGE);
            page = http.get(query.of(path), type).items();
            all.addAll(page);
        } while (page.size() == PAGE);
        return all;
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
     * Follows a job to its end; a broken stream is taken up where it broke, also when the gateway is away for some
     * minutes.
     *
     * @param listener is told what happens, in order
     * @return the ended job
     * @throws UnreachableException when the gateway stays away
     */
    public Job follow(String id, Consumer<JobEvent> listener) {
        return new JobFollower(http, path(id), listener).toEnd();
    }

    private static String path(String id) {
        return ALL + "/" + Query.segment(id);
    }
}
