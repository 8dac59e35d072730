package dev.steelyard.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.gateway.testing.Rest;
import dev.steelyard.gateway.testing.Rest.Answer;
import dev.steelyard.gateway.testing.RunningGateway;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class AccessIT {
    private static final RunningGateway GATEWAY = RunningGateway.shared();

    @Test
    void without_a_key_there_is_only_health_metrics_and_the_description() {
        Rest nobody = GATEWAY.rest("");

        Answer refused = nobody.get("/v1/jobs");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.text("code")).isEqualTo("unauthorized");
        assertThat(refused.text("detail")).startsWith("an API key is needed");
        Answer wrong = GATEWAY.rest("sy_abc").get("/v1/jobs");
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.text("detail")).isEqualTo("unknown or revoked API key");
        assertThat(GATEWAY.rest(GATEWAY.adminKey() + "x").get("/v1/jobs").status())
                .isEqualTo(401);
        assertThat(nobody.get("/actuator/health/readiness").status()).isEqualTo(200);
        assertThat(nobody.get("/actuator/prometheus").raw().body()).contains("jvm_memory");
        assertThat(nobody.get("/v3/api-docs").status()).isEqualTo(200);
        assertThat(nobody.get("/actuator/env").status()).isNotEqualTo(200);
    }

    @Test
    void each_role_may_do_its_part_and_a_revoked_key_nothing() {
        Answer reader = make("reader");
        Answer submitter = make("submitter");

        Rest read = GATEWAY.rest(reader.text("key"));
        Rest submit = GATEWAY.rest(submitter.text("key"));
        assertThat(read.get("/v1/jobs").status()).isEqualTo(200);
        assertThat(read.post("/v1/artifacts/uploads", "").status()).isEqualTo(403);
        assertThat(submit.post("/v1/artifacts/uploads", "").status()).isEqualTo(201);
        assertThat(submit.get("/v1/keys").status()).isEqualTo(403);

        assertThat(GATEWAY.rest()
                        .call("DELETE", "/v1/keys/" + reader.text("id"), "")
                        .status())
                .isEqualTo(204);
        assertThat(read.get("/v1/jobs").status()).isEqualTo(401);
        assertThat(GATEWAY.rest().get("/v1/keys").raw().body()).doesNotContain(submitter.text("key"));
    }

    @Test
    void the_last_admin_key_is_not_revoked() {
        List<String> admins = GATEWAY.rest().get("/v1/keys").body().path("items").values().stream()
                .filter(key -> key.path("role").asString().equals("admin")
                        && key.path("revokedAt").isMissingNode())
                .map(key -> key.path("id").asString())
                .toList();
        Answer second = make("admin");
        Rest other = GATEWAY.rest(second.text("key"));
        assertThat(admins).hasSize(1);

        assertThat(revoke(GATEWAY.rest(), second.text("id")).status()).isEqualTo(204);
        assertThat(other.get("/v1/keys").status()).isEqualTo(401);
        Answer kept = revoke(GATEWAY.rest(), admins.getFirst());

        assertThat(kept.status()).isEqualTo(409);
        assertThat(kept.text("code")).isEqualTo("last-admin-key");
        assertThat(kept.text("detail")).contains(admins.getFirst()).contains("make another");
        assertThat(GATEWAY.rest().get("/v1/keys").status()).isEqualTo(200);
        assertThat(revoke(GATEWAY.rest(), second.text("id")).status()).isEqualTo(404);
    }

    private static Answer revoke(Rest by, String id) {
        return by.call("DELETE", "/v1/keys/" + id, "");
    }

    @Test
    void the_api_describes_every_operation_under_a_name_of_its_own() {
        JsonNode description = GATEWAY.rest("").get("/v3/api-docs").body();

        List<String> names = new ArrayList<>();
        description
                .path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    names.add(operation.getValue().path("operationId").asString(""));
                    assertThat(operation.getValue().path("summary").asString(""))
                            .as(operation.getKey() + " " + path.getKey())
                            .isNotEmpty();
                }));
        Set<String> distinct = new HashSet<>(names);
        assertThat(distinct).hasSameSizeAs(names).doesNotContain("");
        assertThat(distinct)
                .contains(
                        "submitJob",
                        "submitJobs",
                        "listJobs",
                        "getJob",
                        "cancelJob",
                        "retryJob",
                        "followJob",
                        "getJobLogs",
                        "getJobMetrics",
                        "listMethods",
                        "getMethod",
                        "beginUpload",
                        "uploadFile",
                        "commitUpload",
                        "importArtifact",
                        "listArtifacts",
                        "getArtifact",
                        "downloadFile",
                        "registerModel",
                        "listModels",
                        "getModel",
                        "setAlias",
                        "removeAlias",
                        "getAncestors",
                        "getDescendants",
                        "getPath",
                        "createKey",
                        "listKeys",
                        "revokeKey",
                        "listAudit");
        assertThat(description.at("/components/schemas").propertyNames()).noneMatch(name -> name.contains("JsonNode"));
    }

    @Test
    void the_description_is_enough_to_write_a_client() {
        JsonNode description = GATEWAY.rest("").get("/v3/api-docs").body();

        assertThat(description.at("/components/securitySchemes/apiKey/scheme").asString())
                .isEqualTo("bearer");
        assertThat(description.at("/security/0").has("apiKey")).isTrue();
        JsonNode job = description.at("/components/schemas/Job/properties");
        assertThat(job.at("/inputs/additionalProperties/$ref").asString()).endsWith("/JobInput");
        assertThat(job.at("/outputs/additionalProperties/$ref").asString()).endsWith("/JobOutput");
        assertThat(job.at("/labels/additionalProperties/type").asString()).isEqualTo("string");
        assertThat(job.at("/problem/$ref").asString()).endsWith("/JobProblem");
        assertThat(job.at("/cancelRequested/type").asString()).isEqualTo("boolean");
        List<JsonNode> uploads = description.path("paths").properties().stream()
                .map(path -> path.getValue().path("put"))
                .filter(operation -> operation.path("operationId").asString("").equals("uploadFile"))
                .toList();
        assertThat(uploads).singleElement().satisfies(upload -> {
            assertThat(upload.at("/requestBody/content/application~1octet-stream/schema/format")
                            .asString())
                    .isEqualTo("binary");
            assertThat(upload.at("/responses/default/content/application~1problem+json/schema/$ref")
                            .asString())
                    .endsWith("/Problem");
        });
        for (String schema : new String[] {"Job", "JobInput", "JobOutput", "JobProblem", "Problem", "Publication"}) {
            assertThat(description.at("/components/schemas/" + schema).isObject())
                    .as(schema)
                    .isTrue();
        }
    }

    @Test
    void what_was_changed_is_told_with_who_did_it_to_admins_only() {
        Answer submitter = make("submitter");
        Rest submit = GATEWAY.rest(submitter.text("key"));
        String upload = submit.post("/v1/artifacts/uploads", "").text("id");
        submit.call("PUT", "/v1/artifacts/uploads/" + upload + "/files/a", "audited");
        String artifact = submit.post("/v1/artifacts/uploads/" + upload + "/commit", "{\"kind\":\"model\"}")
                .text("id");
        submit.post("/v1/models", "{\"name\":\"audited\",\"artifact\":\"" + artifact + "\"}");
        submit.post("/v1/models", "{\"name\":\"audited\",\"artifact\":\"" + artifact + "\",\"expectedVersion\":7}");

        JsonNode entries = GATEWAY.rest()
                .get("/v1/audit?actor=" + submitter.text("id"))
                .body()
                .path("items");
        assertThat(entries.values())
                .extracting(e -> e.path("action").asString())
                .containsExactly("model.register", "artifact.add");
        assertThat(entries.at("/0/subject").asString()).isEqualTo("audited");
        assertThat(entries.at("/0/detail").asString()).contains(artifact);
        Answer made = GATEWAY.rest().get("/v1/audit?action=key.make&subject=" + submitter.text("id"));
        assertThat(made.body().path("items")).hasSize(1);
        assertThat(made.raw().body()).doesNotContain(submitter.text("key"));
        assertThat(submit.get("/v1/audit").status()).isEqualTo(403);
    }

    private static Answer make(String role) {
        Answer key = GATEWAY.rest().post("/v1/keys", "{\"name\":\"for a test\",\"role\":\"" + role + "\"}");
        assertThat(key.status()).isEqualTo(201);
        return key;
    }
}
