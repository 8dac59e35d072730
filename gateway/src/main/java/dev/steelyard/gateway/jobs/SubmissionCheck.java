package dev.steelyard.gateway.jobs;

import com.networknt.schema.Error;
import dev.steelyard.artifacts.Sha256;
import dev.steelyard.gateway.artifacts.ArtifactReferences;
import dev.steelyard.gateway.methods.MethodDescription;
import dev.steelyard.gateway.methods.MethodRegistry;
import dev.steelyard.gateway.problems.ProblemException;
import dev.steelyard.proto.v1.MethodAnnouncement;
import dev.steelyard.schema.FieldAt;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Says whether a submission makes sense, and completes it: defaults, artifact ids, the key of the result cache. */
@Component
class SubmissionCheck {
    private static final int MAX_LABELS = 32;
    private static final int MAX_INPUTS = 100;
    private static final int MAX_TEXT = 255;
    private static final int MAX_PARAMS = 256 << 10;
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
    private static final Pattern TRACE_PARENT = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private final MethodRegistry methods;
    private final ArtifactReferences references;
    private final JsonMapper json;

    SubmissionCheck(MethodRegistry methods, ArtifactReferences references, JsonMapper json) {
        this.methods = methods;
        this.references = references;
        this.json = json;
    }

    /**
     * Checks everything about a submission without writing anything.
     *
     * @param owner id of the API key
     * @throws ProblemException naming the field at fault
     */
    NewJob check(
            JobSubmission submission, String owner, @Nullable String idempotencyKey, @Nullable String traceParent) {
        String id = submission.method();
        if (id == null) {
            throw ProblemException.field("/method", "is missing: expected \"<service>/<method>\"");
        }
        if (idempotencyKey != null) {
            text("/idempotencyKey", idempotencyKey);
        }
        labels(submission.labelsOrNone());
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
                traceParent != null && TRACE_PARENT.matcher(traceParent).matches() ? traceParent : null);
        return new NewJob(
                dispatch,
                inputsJson(submission.inputsOrNone(), inputs),
                submission.mayUseCache(),
                json.writeValueAsString(submission.labelsOrNone()),
                cacheKey(dispatch, params),
                owner,
                idempotencyKey,
                publication(method, submission.publish()),
                requestHash(submission),
                Instant.now().truncatedTo(ChronoUnit.MICROS));
    }

    private static JsonNode params(MethodDescription method, ObjectNode given) {
        ObjectNode params;
        try {
            params = (ObjectNode) CanonicalJson.of(given);
            method.fillDefaults(params);
        } catch (IllegalArgumentException e) {
            throw ProblemException.field("/params", String.valueOf(e.getMessage()));
        }
        List<Error> errors = method.validator().validate(params);
        if (!errors.isEmpty()) {
            throw refused(errors.getFirst(), method.paramsSchema(), params);
        }
        JsonNode complete = CanonicalJson.of(params);
        if (complete.toString().length() > MAX_PARAMS) {
            throw ProblemException.field("/params", "longer than " + MAX_PARAMS + " characters of JSON");
        }
        return complete;
    }

    /** In the words that a worker would use. */
    private static ProblemException refused(Error error, JsonNode schema, JsonNode params) {
        FieldAt at = FieldAt.root(schema).at(error.getInstanceLocation().toString());
        FieldAt field = error.getProperty() == null ? at : at.field(error.getProperty());
        String why = switch (error.getKeyword()) {
            case "additionalProperties" -> field.isUnknownIn(at);
            case "required" -> field.isMissing();
            default ->
                field.isKnown() ? field.refuses(params.at(field.pointer())) : field.name() + ": " + error.getMessage();
        };
        return ProblemException.field("/params" + field.pointer(), why);
    }

    private Map<String, String> inputs(MethodDescription method, Map<String, String> given) {
        if (given.size() > MAX_INPUTS) {
            throw ProblemException.field("/inputs", "has " + given.size() + " entries; at most " + MAX_INPUTS);
        }
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

    private static @Nullable Publication publication(MethodDescription method, @Nullable Publication publish) {
        if (publish == null) {
            return null;
        }
        String output = publish.output() == null ? "" : publish.output();
        if (method.announcement().getOutputsList().stream()
                .noneMatch(port -> port.getName().equals(output))) {
            throw ProblemException.field("/publish/output", method.id() + " has no output '" + output + "'");
        }
        if (publish.model() == null || !MODEL.matcher(publish.model()).matches()) {
            throw ProblemException.field("/publish/model", "'" + publish.model() + "': expected " + MODEL);
        }
        Integer expected = publish.expectedVersion();
        if (expected != null && expected < 0) {
            throw ProblemException.field("/publish/expectedVersion", "must be 0 or more");
        }
        return publish;
    }

    private static void labels(Map<String, String> labels) {
        if (labels.size() > MAX_LABELS) {
            throw ProblemException.field("/labels", "has " + labels.size() + " labels; at most " + MAX_LABELS);
        }
        labels.forEach((key, value) -> {
            text("/labels", key);
            if (!value.isEmpty()) {
                text("/labels/" + key, value);
            }
        });
    }

    private static void text(String pointer, String text) {
        if (text.isBlank() || text.length() > MAX_TEXT || text.indexOf('\0') >= 0) {
            throw ProblemException.field(
                    pointer, "must have 1 to " + MAX_TEXT + " characters, not all blank and none of them NUL");
        }
    }

    private static @Nullable Long timeout(Optional<Duration> limit) {
        if (limit.isEmpty()) {
            return null;
        }
        if (limit.get().compareTo(Duration.ofMillis(1)) < 0 || limit.get().compareTo(LONGEST) > 0) {
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

    /** Of what was asked for, whether by REST or over Kafka; not of what it means today. */
    private byte[] requestHash(JobSubmission submission) {
        ObjectNode asked = json.createObjectNode();
        asked.put("method", submission.method())
                .put("seed", submission.seedOrZero())
                .put("cache", submission.mayUseCache())
                .put("timeout", submission.limit().map(Duration::toMillis).orElse(0L))
                .set("params", submission.paramsOrNone());
        asked.set("inputs", json.valueToTree(submission.inputsOrNone()));
        asked.set("labels", json.valueToTree(submission.labelsOrNone()));
        if (submission.publish() != null) {
            asked.set("publish", json.valueToTree(submission.publish()));
        }
        return Sha256.digest().digest(CanonicalJson.bytes(asked));
    }

    private String inputsJson(Map<String, String> given, Map<String, String> resolved) {
        ObjectNode all = json.createObjectNode();
        resolved.forEach((name, artifact) ->
                all.putObject(name).put("ref", given.get(name)).put("artifact", artifact));
        return all.toString();
    }
}
