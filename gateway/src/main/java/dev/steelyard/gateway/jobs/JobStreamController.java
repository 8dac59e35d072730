package dev.steelyard.gateway.jobs;

import dev.steelyard.gateway.jobs.JobHistory.LogLine;
import dev.steelyard.gateway.jobs.JobHistory.MetricPoint;
import dev.steelyard.gateway.problems.ProblemException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

@RestController
@RequestMapping("/v1/jobs/{id}")
@Tag(name = "jobs")
class JobStreamController {
    private final JobTable table;
    private final JobHistory history;
    private final JobSignals signals;

    JobStreamController(JobTable table, JobHistory history, JobSignals signals) {
        this.table = table;
        this.history = history;
        this.signals = signals;
    }

    /** Log lines; ask again with {@code after} = the last id. */
    record Logs(List<LogLine> items) {}

    /** Metric points; ask again with {@code after} = the last id. */
    record Metrics(List<MetricPoint> items) {}

    @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    @Operation(
            operationId = "followJob",
            summary = "Server-sent events 'state', 'progress', 'metric' and 'log' until the job has ended")
    SseEmitter events(
            @PathVariable UUID id,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId) {
        known(id);
        SseEmitter emitter = new SseEmitter(0L);
        JobStream stream = new JobStream(id, table, history, signals, emitter, StreamPosition.parse(lastEventId));
        Thread.ofVirtual().name("follow-" + id).start(stream);
        return emitter;
    }

    @GetMapping("/logs")
    @Operation(operationId = "getJobLogs", summary = "The job's log")
    Logs logs(
            @PathVariable UUID id,
            @RequestParam(defaultValue = "0") long after,
            @RequestParam(defaultValue = "1000") int limit) {
        known(id);
        return new Logs(history.logs(id, after, bounded(limit)));
    }

    @GetMapping("/metrics")
    @Operation(operationId = "getJobMetrics", summary = "The job's metric points")
    Metrics metrics(
            @PathVariable UUID id,
            @RequestParam(defaultValue = "0") long after,
            @RequestParam(defaultValue = "1000") int limit) {
        known(id);
        return new Metrics(history.metrics(id, after, bounded(limit)));
    }

    private static int bounded(int limit) {
        if (limit < 1 || limit > 10_000) {
            throw ProblemException.field("/limit", "must be 1 to 10000");
        }
        return limit;
    }

    private void known(UUID id) {
        if (table.find(id).isEmpty()) {
            throw ProblemException.notFound("no job " + id);
        }
    }
}
