package dev.steelyard.bench.platform;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * A closed loop: each client submits, waits for the end and submits again until the jobs are used up.
 *
 * @param method what to run, such as "probe/noop"
 * @param clients loops at the same time
 * @param jobs jobs in all
 * @param batch jobs in one request; 1: one request a job
 */
record Load(String method, int clients, int jobs, int batch) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Runs it; every job must end SUCCEEDED and no id may come twice. */
    Result run(JobsClient client, String run) throws InterruptedException, IOException {
        AtomicInteger next = new AtomicInteger();
        long start = System.nanoTime();
        List<Done> done = new ArrayList<>();
        try (ExecutorService loops = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Done>>> futures = new ArrayList<>();
            for (int c = 0; c < clients; c++) {
                futures.add(loops.submit((Callable<List<Done>>) () -> loop(client, run, next)));
            }
            for (Future<List<Done>> future : futures) {
                done.addAll(future.get());
            }
        } catch (ExecutionException e) {
            throw new IOException("a client gave up: " + e.getCause(), e);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        long distinct = done.stream().map(Done::id).distinct().count();
        if (distinct != jobs || done.size() != jobs) {
            throw new IOException("expected " + jobs + " jobs, saw " + done.size() + " ends of " + distinct);
        }
        return new Result(this, seconds, done);
    }

    private List<Done> loop(JobsClient client, String run, AtomicInteger next)
            throws IOException, InterruptedException {
        List<Done> done = new ArrayList<>();
        while (true) {
            int first = next.getAndAdd(batch);
            if (first >= jobs) {
                return done;
            }
            int count = Math.min(batch, jobs - first);
            long sent = System.nanoTime();
            List<JsonNode> ended = batch == 1
                    ? List.of(client.runToEnd(job(run, first), PATIENCE))
                    : client.runAllToEnd(jobs(run, first, count), PATIENCE);
            long took = System.nanoTime() - sent;
            for (JsonNode job : ended) {
                done.add(Done.of(job, took));
            }
        }
    }

    private String jobs(String run, int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(i -> job(run, i))
                .collect(Collectors.joining(",", "{\"jobs\":[", "]}"));
    }

    /** The seed differs from job to job, so that no answer comes from the result cache. */
    private String job(String run, int index) {
        return "{\"method\":\"%s\",\"seed\":%d,\"cache\":false,\"labels\":{\"run\":\"%s\"}}"
                .formatted(method, index, run);
    }

    /**
     * One job that ended.
     *
     * @param tookNanos from the request to its answer, seen by the client
     * @param queued from the job's row to the attempt's start, by the platform's clocks
     * @param ran from the attempt's start to its end
     */
    record Done(String id, long tookNanos, Duration queued, Duration ran) {
        static Done of(JsonNode job, long tookNanos) {
            if (!job.path("state").asString().equals("SUCCEEDED")) {
                throw new IllegalStateException("job ended otherwise: " + job);
            }
            Instant created = Instant.parse(job.path("createdAt").asString());
            Instant started = Instant.parse(job.path("startedAt").asString());
            Instant finished = Instant.parse(job.path("finishedAt").asString());
            return new Done(
                    job.path("id").asString(),
                    tookNanos,
                    Duration.between(created, started),
                    Duration.between(started, finished));
        }
    }

    /** What one load came to. */
    record Result(Load load, double seconds, List<Done> done) {
        double jobsPerSecond() {
            return done.size() / seconds;
        }

        Latencies endToEnd() {
            return Latencies.of(done.stream().mapToLong(Done::tookNanos).toArray());
        }

        Latencies queued() {
            return Latencies.of(
                    done.stream().mapToLong(d -> d.queued().toNanos()).toArray());
        }

        Latencies ran() {
            return Latencies.of(done.stream().mapToLong(d -> d.ran().toNanos()).toArray());
        }
    }
}
