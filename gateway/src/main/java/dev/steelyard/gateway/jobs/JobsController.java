package dev.steelyard.gateway.jobs;

import dev.steelyard.gateway.jobs.JobSubmitter.Submitted;
import dev.steelyard.gateway.problems.ProblemException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

@RestController
@RequestMapping("/v1/jobs")
@Tag(name = "jobs", description = "Runs of methods")
class JobsController {
    private static final int MAX_BATCH = 1_000;
    private static final int MAX_PAGE = 500;

    private final JobSubmitter submitter;
    private final JobTable table;
    private final JobActions actions;
    private final JobWaiter waiter;
    private final JsonMapper json;

    JobsController(JobSubmitter submitter, JobTable table, JobActions actions, JobWaiter waiter, JsonMapper json) {
        this.submitter = submitter;
        this.table = table;
        this.actions = actions;
        this.waiter = waiter;
        this.json = json;
    }

    /** Many submissions at once. */
    record Batch(@Nullable List<JobSubmission> jobs) {}

    /** What became of each, in order: a job or a problem. */
    record BatchResult(List<Item> items) {}

    record Item(@Nullable JobView job, @Nullable ItemProblem problem) {}

    record ItemProblem(String code, String detail, @Nullable String field) {}

    /** A page of jobs; {@code next} is the cursor of the page after it. */
    record Page(List<JobView> items, @Nullable String next) {}

    @PostMapping
    @Operation(
            operationId = "submitJob",
            summary = "Submits a job; with 'Prefer: wait=10' answers when it has ended, or after so many seconds")
    ResponseEntity<JobView> submit(
            @RequestBody JobSubmission submission,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String idempotencyKey,
            @RequestHeader(name = "Prefer", required = false) @Nullable String prefer,
            @RequestHeader(name = "traceparent", required = false) @Nullable String traceParent,
            Principal caller)
            throws InterruptedException {
        String key = idempotencyKey == null ? submission.idempotencyKey() : idempotencyKey;
        Submitted submitted = submitter.submit(submission, caller.getName(), key, traceParent);
        JobView job = submitted.job().state().ended()
                ? submitted.job()
                : waiter.await(List.of(submitted.job()), Waiting.of(prefer)).getFirst();
        return submitted.fresh()
                ? ResponseEntity.created(URI.create("/v1/jobs/" + job.id())).body(job)
                : ResponseEntity.ok(job);
    }

    @PostMapping("/batch")
    @Operation(operationId = "submitJobs", summary = "Submits up to 1,000 jobs; one refused does not stop the others")
    BatchResult submitAll(
            @RequestBody Batch batch,
            @RequestHeader(name = "Prefer", required = false) @Nullable String prefer,
            @RequestHeader(name = "traceparent", required = false) @Nullable String traceParent,
            Principal caller)
            throws InterruptedException {
        List<JobSubmission> asked = batch.jobs() == null ? List.of() : batch.jobs();
        if (asked.isEmpty() || asked.size() > MAX_BATCH) {
            throw ProblemException.field("/jobs", "must hold 1 to " + MAX_BATCH + " jobs");
        }
        List<NewJob> checked = new ArrayList<>();
        List<@Nullable ItemProblem> problems = new ArrayList<>();
        for (JobSubmission submission : asked) {
            try {
                checked.add(submitter.check(submission, caller.getName(), submission.idempotencyKey(), traceParent));
                problems.add(null);
            } catch (ProblemException e) {
                problems.add(new ItemProblem(e.code(), e.detail(), e.field().orElse(null)));
            }
        }
        List<JobView> jobs = waiter.await(
                submitter.submitAll(checked).stream().map(Submitted::job).toList(), Waiting.of(prefer));
        List<Item> items = new ArrayList<>();
        int next = 0;
        for (ItemProblem problem : problems) {
            items.add(problem == null ? new Item(jobs.get(next++), null) : new Item(null, problem));
        }
        return new BatchResult(items);
    }

    @GetMapping
    @Operation(operationId = "listJobs", summary = "Jobs, newest first")
    Page list(
            @RequestParam(required = false) @Nullable JobState state,
            @RequestParam(required = false) @Nullable String method,
            @RequestParam(required = false) @Nullable List<String> label,
            @RequestParam(defaultValue = "50") int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw ProblemException.field("/limit", "must be 1 to " + MAX_PAGE);
        }
        Cursor after = cursor == null ? null : Cursor.parse(cursor);
        List<JobView> jobs = table.list(new JobTable.Filter(
                state == null ? null : state.name(),
                method,
                labels(label),
                after == null ? null : after.createdAt(),
                after == null ? null : after.id(),
                limit));
        String next = jobs.size() < limit
                ? null
                : new Cursor(jobs.getLast().createdAt(), jobs.getLast().id()).text();
        return new Page(jobs, next);
    }

    @GetMapping("/{id}")
    @Operation(operationId = "getJob", summary = "One job with its attempts")
    JobView get(@PathVariable UUID id) {
        return table.find(id)
                .map(job -> job.with(table.attempts(id)))
                .orElseThrow(() -> ProblemException.notFound("no job " + id));
    }

    @PostMapping("/{id}/cancel")
    @Operation(operationId = "cancelJob", summary = "Ends a job; a running one ends within two seconds")
    ResponseEntity<JobView> cancel(@PathVariable UUID id, Principal caller) {
        actions.cancel(id, "cancelled by " + caller.getName());
        return ResponseEntity.status(HttpStatus.ACCEPTED).body(get(id));
    }

    @PostMapping("/{id}/retry")
    @Operation(operationId = "retryJob", summary = "Runs a failed or cancelled job again under its id")
    ResponseEntity<JobView> retry(@PathVariable UUID id) {
        actions.retry(id);
        return ResponseEntity.status(HttpStatus.ACCEPTED).body(get(id));
    }

    private @Nullable String labels(@Nullable List<String> wanted) {
        if (wanted == null || wanted.isEmpty()) {
            return null;
        }
        Map<String, String> labels = new TreeMap<>();
        for (String label : wanted) {
            int colon = label.indexOf(':');
            if (colon < 1) {
                throw ProblemException.field("/label", "'" + label + "': expected key:value");
            }
            labels.put(label.substring(0, colon), label.substring(colon + 1));
        }
        return json.writeValueAsString(labels);
    }

    private record Cursor(Instant createdAt, UUID id) {
        static Cursor parse(String text) {
            try {
                String[] parts = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split(" ", 2);
                return new Cursor(Instant.parse(parts[0]), UUID.fromString(parts[1]));
            } catch (RuntimeException e) {
                throw ProblemException.field("/cursor", "is not a cursor of this API");
            }
        }

        String text() {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString((createdAt + " " + id).getBytes(StandardCharsets.UTF_8));
        }
    }
}
