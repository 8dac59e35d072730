package dev.steelyard.gateway.jobs;

import com.networknt.schema.Error;
import dev.steelyard.artifacts.Sha256;
import dev.steelyard.gateway.artifacts.ArtifactReferences;
import dev.steelyard.gateway.methods.MethodDescription;
import dev.steelyard.gateway.methods.MethodRegistry;
import dev.steelyard.gateway.problems.ProblemException;
import dev.steelyard.proto.v1.MethodAnnouncement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Checks submissions and turns them into jobs; REST and the submissions topic both come here. */
@Service
public class JobSubmitter {
    private static final int MAX_LABELS = 32;
    private static final int MAX_TEXT = 255;

    private final MethodRegistry methods;
    private final ArtifactReferences references;
    private final JobTable table;
    private final JobInserts inserts;
    private final OutboxRelay relay;
    private final JsonMapper json;

    JobSubmitter(
            MethodRegistry methods,
            ArtifactReferences references,
            JobTable table,
            JobInserts inserts,
            OutboxRelay relay,
            JsonMapper json) {
        this.methods = methods;
        this.references = references;
        this.table = table;
        this.inserts = inserts;
        this.relay = relay;
        this.json = json;
    }

    /**
     * What became of a submission.
     *
     * @param fresh false when the idempotency key had made this job before
     */
    public record Submitted(JobView job, boolean fresh) {}

    /**
     * Submits one job.
     *
     * @param owner id of the API key
     * @param idempotencyKey the same key of the same owner gives the same job
     * @throws ProblemException naming the field at fault; a conflict when the key stands for another request
     */
    public Submitted submit(
            JobSubmission submission, String owner, @Nullable String idempotencyKey, @Nullable String traceParent) {
        NewJob job = check(submission, owner, idempotencyKey, traceParent);
        boolean fresh;
        if (job.cached().isPresent()) {
            fresh = inserts.answered(job, job.cached().get().id());
        } else {
            fresh = inserts.queued(job);
            relay.wake();
        }
        return fresh ? new Submitted(fresh(job), true) : repeated(job);
    }

    /** Submits many checked jobs in one transaction, in order; those answered from the cache beside it. */
    List<Submitted> submitAll(List<NewJob> jobs) {
        List<NewJob> toRun = jobs.stream().filter(j -> j.cached().isEmpty()).toList();
        List<Boolean> fresh = inserts.queuedAll(toRun);
        relay.wake();
        Map<UUID, Boolean> outcome = new LinkedHashMap<>();
        for (int i = 0; i < toRun.size(); i++) {
            outcome.put(toRun.get(i).dispatch().id(), fresh.get(i));
        }
        List<Submitted> submitted = new ArrayList<>(jobs.size());
        for (NewJob job : jobs) {
            boolean isFresh = job.cached().isPresent()
                    ? inserts.answered(job, job.cached().get().id())
                    : Boolean.TRUE.equals(outcome.get(job.dispatch().id()));
            submitted.add(isFresh ? new Submitted(fresh(job), true) : repeated(job));
        }
        return submitted;
    }

    /**
     * Checks everything about a submission without writing anything.
     *
     * @throws ProblemException naming the field at fault
     */
    NewJob check(
            JobSubmission submission, String owner, @Nullable String idempotencyKey, @Nullable String traceParent) {
        String id = submission.method();
        if (id == null) {
            throw ProblemException.field("/method", "is missing: expected \"<service>/<method>\"");
        }
        bounded("/labels", submission.labelsOrNone());
        if (idempotencyKey != null && (idempotencyKey.isBlank() || idempotencyKey.length() > MAX_TEXT)) {
            throw ProblemException.field("/idempotencyKey", "must have 1 to " + MAX_TEXT + " characters");
        }
        MethodDescription method = methods.require(id);
        JsonNode params = params(method, submission.paramsOrNone());
        Map<String, String> inputs = inputs(method, submission.inputsOrNone());
        Dispatch dispatch = new Dispatch(
                UUID.randomUUID(),
                id,
                method.announcement().getVersion(),
                method.announcement().getShort(),
                params.toString(),
                inputs,
                submission.seedOrZero(),
                timeout(submission.limit()),
                traceParent);
        byte[] cacheKey = cacheKey(dispatch, params);
        Optional<JobView> cached = submission.mayUseCache() ? table.result(cacheKey) : Optional.empty();
        return new NewJob(
                dispatch,
                inputsJson(submission.inputsOrNone(), inputs),
                submission.mayUseCache(),
                json.writeValueAsString(submission.labelsOrNone()),
                cacheKey,
                cached,
                owner,
                idempotencyKey,
                requestHash(submission),
                Instant.now().truncatedTo(ChronoUnit.MICROS));
    }

    private JsonNode params(MethodDescription method, ObjectNode given) {
        ObjectNode params = given.deepCopy();
        method.fillDefaults(params);
        List<Error> errors = method.validator().validate(params);
        if (!errors.isEmpty()) {
            Error first = errors.getFirst();
            String at = first.getInstanceLocation().toString();
            String property = first.getProperty();
            String pointer = "/params" + at + (property == null ? "" : "/" + property);
            throw ProblemException.field(pointer, first.getMessage());
        }
        return CanonicalJson.of(params);
    }

    private Map<String, String> inputs(MethodDescription method, Map<String, String> given) {
        for (String required : method.requiredInputs()) {
            if (!given.containsKey(required)) {
                throw ProblemException.field(
                        "/inputs/" + required, method.id() + " needs the input '" + required + "'");
            }
        }
        Map<String, String> resolved = new TreeMap<>();
        given.forEach((name, reference) -> {
            String pointer = "/inputs/" + name;
            MethodAnnouncement.Port port = method.input(name)
                    .orElseThrow(() -> ProblemException.field(pointer, method.id() + " has no input '" + name + "'"));
            ArtifactReferences.Found found = references.resolve(reference, pointer);
            if (!found.kind().equals(port.getKind())) {
                throw ProblemException.field(
                        pointer, "'" + reference + "' is a " + found.kind() + "; expected a " + port.getKind());
            }
            resolved.put(name, found.id().toString());
        });
        return resolved;
    }

    private static void bounded(String pointer, Map<String, String> labels) {
        if (labels.size() > MAX_LABELS) {
            throw ProblemException.field(pointer, "has " + labels.size() + " labels; at most " + MAX_LABELS);
        }
        labels.forEach((key, value) -> {
            if (key.isBlank() || key.length() > MAX_TEXT || value.length() > MAX_TEXT) {
                throw ProblemException.field(
                        pointer + "/" + key, "label and value must have at most " + MAX_TEXT + " characters");
            }
        });
    }

    private static @Nullable Long timeout(Optional<Duration> limit) {
        if (limit.isEmpty()) {
            return null;
        }
        if (limit.get().toMillis() < 1 || limit.get().toDays() > 365) {
            throw ProblemException.field("/timeout", limit.get() + " is outside PT0.001S to P365D");
        }
        return limit.get().toMillis();
    }

    private byte[] cacheKey(Dispatch dispatch, JsonNode params) {
        ObjectNode work = json.createObjectNode();
        work.put("method", dispatch.method())
                .put("version", dispatch.methodVersion())
                .put("seed", dispatch.seed())
                .set("params", params);
        work.set("inputs", json.valueToTree(dispatch.inputs()));
        return Sha256.digest().digest(CanonicalJson.bytes(work));
    }

    private byte[] requestHash(JobSubmission submission) {
        JobSubmission withoutKey = new JobSubmission(
                submission.method(),
                submission.paramsOrNone(),
                submission.inputsOrNone(),
                submission.seedOrZero(),
                submission.mayUseCache(),
                submission.timeout(),
                submission.labelsOrNone(),
                null);
        return Sha256.digest().digest(CanonicalJson.bytes(json.valueToTree(withoutKey)));
    }

    private String inputsJson(Map<String, String> references, Map<String, String> resolved) {
        ObjectNode all = json.createObjectNode();
        resolved.forEach((name, artifact) ->
                all.putObject(name).put("ref", references.get(name)).put("artifact", artifact));
        return all.toString();
    }

    private Submitted repeated(NewJob job) {
        JobView before = table.findByKey(job.owner(), String.valueOf(job.idempotencyKey()))
                .orElseThrow(() -> ProblemException.conflict("conflict", "the job was removed meanwhile; try again"));
        if (!Arrays.equals(table.requestHash(before.id()), job.requestHash())) {
            throw ProblemException.conflict(
                    "idempotency-conflict",
                    "Idempotency-Key '" + job.idempotencyKey() + "' was used for another request, job " + before.id());
        }
        return new Submitted(before, false);
    }

    private JobView fresh(NewJob job) {
        if (job.cached().isPresent()) {
            return table.find(job.dispatch().id()).orElseThrow();
        }
        Dispatch dispatch = job.dispatch();
        return new JobView(
                dispatch.id(),
                dispatch.method(),
                dispatch.methodVersion(),
                JobState.QUEUED,
                dispatch.paramsJson(),
                job.inputsJson(),
                dispatch.seed(),
                job.cache(),
                job.labelsJson(),
                dispatch.timeoutMillis() == null
                        ? null
                        : Duration.ofMillis(dispatch.timeoutMillis()).toString(),
                null,
                1,
                null,
                null,
                null,
                null,
                null,
                job.createdAt(),
                null,
                null);
    }
}
