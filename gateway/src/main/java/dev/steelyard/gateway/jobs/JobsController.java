package dev.steelyard.gateway.jobs;

import dev.steelyard.gateway.jobs.JobSubmitter.Outcome;
import dev.steelyard.gateway.jobs.JobSubmitter.Submitted;
import dev.steelyard.gateway.paging.Cursor;
import dev.steelyard.gateway.problems.ProblemException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.propertyeditors.StringArrayPropertyEditor;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
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
        List<Outcome> outcomes = submitter.submitAll(asked, caller.getName(), traceParent);
        List<JobView> made = new ArrayList<>();
        outcomes.forEach(outcome -> {
            if (outcome instanceof Outcome.Made(JobView job)) {
                made.add(job);
            }
        });
        Iterator<JobView> jobs = waiter.await(made, Waiting.of(prefer)).iterator();
        return new BatchResult(outcomes.stream()
                .map(outcome -> switch (outcome) {
                    case Outcome.Made _ -> new Item(jobs.next(), null);
                    case Outcome.Refused(ProblemException e) ->
                        new Item(
                                null,
                                new ItemProblem(e.code(), e.detail(), e.field().orElse(null)));
                })
                .toList());
    }

    @GetMapping
    @Operation(operationId = "listJobs", summary = "Jobs, newest first")
    Page list(
            @RequestParam(required = false) @Nullable JobState state,
            @RequestParam(required = false) @Nullable String method,
            @RequestParam(required = false) String @Nullable [] label,
            @RequestParam(defaultValue = "50") int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        List<JobView> jobs = table.list(
                new JobTable.Filter(state, method, labels(label), Cursor.parse(cursor)), Cursor.limit(limit));
        JobView last = jobs.isEmpty() ? null : jobs.getLast();
        return new Page(
                jobs,
                last == null || jobs.size() < limit
                        ? null
                        : new Cursor(last.createdAt(), last.id().toString()).text());
    }

    @GetMapping("/{id}")
    @Operation(operationId = "getJob", summary = "One job with its attempts")
    JobView get(@PathVariable UUID id) {
        return table.find(id)
                .map(job -> job.with(table.attempts(id)))
                .orElseThrow(() -> ProblemException.notFound("no job " + id));
    }

    @PostMapping("/{id}/cancel")
    @Operation(
            operationId = "cancelJob",
            summary = "Ends a waiting job at once; tells the worker of a running one, which has ten seconds to stop")
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

    /** A label's value may hold commas, at which the framework would take a single one apart. */
    @InitBinder("label")
    void keepCommas(WebDataBinder binder) {
        binder.registerCustomEditor(String[].class, new StringArrayPropertyEditor("\0"));
    }

    private @Nullable String labels(String @Nullable [] wanted) {
        if (wanted == null || wanted.length == 0) {
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
}
