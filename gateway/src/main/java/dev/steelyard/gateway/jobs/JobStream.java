package dev.steelyard.gateway.jobs;

import dev.steelyard.gateway.jobs.JobHistory.LogLine;
import dev.steelyard.gateway.jobs.JobHistory.MetricPoint;
import dev.steelyard.gateway.jobs.JobView.ProgressView;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Sends one follower what is new about a job until the job has ended; a virtual thread each. */
final class JobStream implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(JobStream.class);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);
    private static final int PAGE = 1_000;

    private final UUID id;
    private final JobTable table;
    private final JobHistory history;
    private final JobSignals signals;
    private final SseEmitter emitter;
    private StreamPosition position;
    private Optional<JobState> state = Optional.empty();
    private Optional<ProgressView> progress = Optional.empty();
    private long sentAt = System.nanoTime();

    JobStream(
            UUID id,
            JobTable table,
            JobHistory history,
            JobSignals signals,
            SseEmitter emitter,
            StreamPosition position) {
        this.id = id;
        this.table = table;
        this.history = history;
        this.signals = signals;
        this.emitter = emitter;
        this.position = position;
    }

    @Override
    public void run() {
        try (JobSignals.Subscription changes = signals.listen(List.of(id))) {
            while (!sendWhatIsNew()) {
                changes.await(KEEP_ALIVE);
            }
            emitter.complete();
        } catch (IOException | IllegalStateException e) {
            LOG.debug("follower of {} has left: {}", id, e.getMessage());
        } catch (InterruptedException e) {
            emitter.complete();
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("stopped following {}: {}", id, e.toString());
            emitter.completeWithError(e);
        }
    }

    /** True when the job has ended and everything was sent. */
    private boolean sendWhatIsNew() throws IOException {
        // The row is read before the lines: what was written before the end is not missed.
        JobView job = table.find(id).orElseThrow();
        boolean sent = sendLines();
        if (job.progress() != null && !Optional.of(job.progress()).equals(progress)) {
            progress = Optional.of(job.progress());
            send("progress", job.progress());
            sent = true;
        }
        if (!Optional.of(job.state()).equals(state)) {
            state = Optional.of(job.state());
            send("state", job);
            sent = true;
        }
        if (!sent && System.nanoTime() - sentAt >= KEEP_ALIVE.toNanos()) {
            emitter.send(SseEmitter.event().comment("still here"));
            sentAt = System.nanoTime();
        }
        return job.state().ended();
    }

    private boolean sendLines() throws IOException {
        boolean any = false;
        List<LogLine> logs;
        do {
            logs = history.logs(id, position.log(), PAGE);
            for (LogLine line : logs) {
                position = new StreamPosition(line.id(), position.metric());
                send("log", line);
                any = true;
            }
        } while (logs.size() == PAGE);
        List<MetricPoint> points;
        do {
            points = history.metrics(id, position.metric(), PAGE);
            for (MetricPoint point : points) {
                position = new StreamPosition(position.log(), point.id());
                send("metric", point);
                any = true;
            }
        } while (points.size() == PAGE);
        return any;
    }

    private void send(String name, Object data) throws IOException {
        sentAt = System.nanoTime();
        emitter.send(SseEmitter.event().id(position.text()).name(name).data(data));
    }
}
