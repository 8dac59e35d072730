package dev.steelyard.gateway.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.steelyard.gateway.testing.Rest;
import dev.steelyard.gateway.testing.Rest.Answer;
import dev.steelyard.gateway.testing.RunningGateway;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

class ArtifactsIT {
    private static final RunningGateway GATEWAY = RunningGateway.shared();
    private static final Duration SOON = Duration.ofSeconds(20);
    private final Rest rest = GATEWAY.rest();

    @TempDir
    Path outside;

    @Test
    void an_uploaded_tree_is_an_artifact_whose_bytes_come_back_in_whole_and_in_part() {
        String id = upload("dataset", "a/hello.txt", "hello world").text("id");

        Answer artifact = rest.get("/v1/artifacts/" + id);
        assertThat(artifact.body().at("/files/0/path").asString()).isEqualTo("a/hello.txt");
        assertThat(artifact.body().path("size").asLong()).isEqualTo(11);
        String file = "/v1/artifacts/" + id + "/files/a/hello.txt";
        assertThat(rest.get(file).raw().body()).isEqualTo("hello world");
        Answer part = rest.call("GET", file, "", "Range", "bytes=6-8");
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.raw().body()).isEqualTo("wor");
        String etag = rest.get(file).raw().headers().firstValue("etag").orElseThrow();
        assertThat(rest.call("GET", file, "", "If-None-Match", etag).status()).isEqualTo(304);
        assertThat(rest.get("/v1/artifacts/" + id + "/files/a/none").status()).isEqualTo(404);
    }

    @Test
    void a_file_that_is_sent_as_a_form_arrives_whole() {
        String upload = rest.post("/v1/artifacts/uploads", "").text("id");

        Answer sent = rest.call(
                "PUT",
                "/v1/artifacts/uploads/" + upload + "/files/a.txt",
                "a=1&b=%41",
                "Content-Type",
                "application/x-www-form-urlencoded");

        assertThat(sent.status()).as(sent.raw().body()).isEqualTo(200);
        String id = commit(upload, "{\"kind\":\"dataset\"}").text("id");
        assertThat(rest.get("/v1/artifacts/" + id + "/files/a.txt").raw().body())
                .isEqualTo("a=1&b=%41");
    }

    @Test
    void the_same_content_is_the_same_artifact() {
        assertThat(upload("dataset", "x", "same").text("id"))
                .isEqualTo(upload("dataset", "x", "same").text("id"));
    }

    @Test
    void a_path_that_leaves_the_tree_is_refused() {
        String upload = rest.post("/v1/artifacts/uploads", "").text("id");

        for (String path : new String[] {"a/%2e%2e/%2e%2e/b", "%2e%2e/x", "a%5c..%5cb", "a%00b"}) {
            int status = rest.call("PUT", "/v1/artifacts/uploads/" + upload + "/files/" + path, "x")
                    .status();
            assertThat(status).as(path).isIn(400, 404, 422);
        }
        assertThat(rest.get("/v1/artifacts/uploads/" + upload).body().path("files"))
                .isEmpty();
        assertThat(rest.call("DELETE", "/v1/artifacts/uploads/" + upload, "").status())
                .isEqualTo(204);
    }

    @Test
    void a_pickle_is_refused_with_a_hint() {
        String upload = rest.post("/v1/artifacts/uploads", "").text("id");

        Answer refused = rest.put(
                "/v1/artifacts/uploads/" + upload + "/files/pytorch_model.bin",
                new byte[] {(byte) 0x80, 2, '}', 'q', 0, '.'});

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("detail")).contains("pytorch_model.bin").contains("safetensors");
    }

    /** What the bytes are is tested where they are made; see GgufImportTest. */
    @Test
    void a_model_in_gguf_form_becomes_a_folder_of_safetensors() throws IOException {
        Path gguf = Path.of("../libs/artifacts/src/test/resources/gguf/small.gguf");
        Answer uploaded = commit(send("any name.gguf", Files.readAllBytes(gguf)), "{\"kind\":\"model\"}");
        Files.copy(gguf, GATEWAY.importRoot().resolve("model.gguf"));
        String source = GATEWAY.importRoot().resolve("model.gguf").toUri().toString();
        Answer exact = rest.post(
                "/v1/artifacts/import", "{\"kind\":\"model\",\"weights\":\"fp32\",\"source\":\"" + source + "\"}");

        assertThat(uploaded.status()).as(uploaded.raw().body()).isEqualTo(201);
        assertThat(files(uploaded))
                .containsExactly(
                        "config.json",
                        "generation_config.json",
                        "model.safetensors",
                        "tokenizer.json",
                        "tokenizer_config.json");
        assertThat(config(uploaded)).contains("\"bfloat16\"");
        assertThat(files(exact)).isEqualTo(files(uploaded));
        assertThat(config(exact)).contains("\"float32\"");
        Files.delete(GATEWAY.importRoot().resolve("model.gguf"));
    }

    @Test
    void a_type_of_weights_is_refused_where_it_means_nothing() {
        Answer unknown = commit(send("a.gguf", new byte[8]), "{\"kind\":\"model\",\"weights\":\"int4\"}");
        Answer needless = commit(send("a.txt", new byte[8]), "{\"kind\":\"dataset\",\"weights\":\"fp32\"}");
        Answer damaged = commit(send("a.gguf", new byte[8]), "{\"kind\":\"model\"}");

        assertThat(unknown.status()).isEqualTo(422);
        assertThat(unknown.text("detail")).isEqualTo("'int4': expected bf16 or fp32");
        assertThat(needless.status()).isEqualTo(422);
        assertThat(needless.text("detail")).isEqualTo("is for a model in GGUF form, and there is none");
        assertThat(damaged.status()).isEqualTo(422);
        assertThat(damaged.text("detail")).isEqualTo("a.gguf: is no GGUF file");
    }

    @Test
    void an_upload_that_was_refused_is_still_there_to_be_committed_otherwise() {
        String upload = send("a.gguf", new byte[8]);

        assertThat(commit(upload, "{\"kind\":\"model\"}").status()).isEqualTo(422);
        assertThat(rest.get("/v1/artifacts/uploads/" + upload)
                        .body()
                        .at("/files/0/path")
                        .asString())
                .isEqualTo("a.gguf");
        assertThat(commit(upload, "{\"kind\":\"dataset\"}").status()).isEqualTo(201);
        assertThat(commit(upload, "{\"kind\":\"dataset\"}").status()).isEqualTo(404);
    }

    @Test
    void a_commit_that_the_database_refused_is_done_by_the_next() throws IOException {
        Path gguf = Path.of("../libs/artifacts/src/test/resources/gguf/small.gguf");
        String upload = send("small.gguf", Files.readAllBytes(gguf));
        String form = "{\"kind\":\"model\",\"weights\":\"fp32\"}";
        JdbcClient database = GATEWAY.bean(JdbcClient.class);
        database.sql("alter table artifact add constraint no_more check (false) not valid")
                .update();
        Answer refused = commit(upload, form);
        database.sql("alter table artifact drop constraint no_more").update();

        assertThat(refused.status()).isEqualTo(500);
        assertThat(commit(upload, "{\"kind\":\"dataset\"}").text("detail"))
                .isEqualTo("the files are stored as a model already");
        Answer done = commit(upload, form);
        assertThat(done.status()).as(done.raw().body()).isEqualTo(201);
        assertThat(files(done)).contains("model.safetensors");
        assertThat(rest.get("/v1/artifacts/uploads/" + upload).status()).isEqualTo(404);
    }

    @Test
    void an_upload_is_not_committed_while_a_file_of_it_is_being_sent() throws IOException {
        String upload = send("early.txt", new byte[8]);
        URI file = rest.root().resolve("/v1/artifacts/uploads/" + upload + "/files/late.txt");
        HttpURLConnection late = (HttpURLConnection) file.toURL().openConnection();
        late.setRequestMethod("PUT");
        late.setRequestProperty("Authorization", "Bearer " + GATEWAY.adminKey());
        late.setDoOutput(true);
        late.setChunkedStreamingMode(0);
        Answer refused;
        try (OutputStream body = late.getOutputStream()) {
            body.write('x');
            body.flush();
            await().atMost(SOON).until(ArtifactsIT::aFileIsBeingSent);
            refused = commit(upload, "{\"kind\":\"dataset\"}");
        }

        assertThat(refused.status()).as(refused.raw().body()).isEqualTo(409);
        assertThat(refused.text("code")).isEqualTo("conflict");
        assertThat(late.getResponseCode()).isEqualTo(200);
        assertThat(files(commit(upload, "{\"kind\":\"dataset\"}"))).containsExactly("early.txt", "late.txt");
    }

    private static boolean aFileIsBeingSent() throws IOException {
        try (Stream<Path> building = Files.walk(GATEWAY.store().resolve("building"))) {
            return building.anyMatch(path -> path.toString().endsWith(".part2")); // the second of its upload
        }
    }

    @Test
    void an_upload_that_is_being_committed_is_left_alone() throws SQLException {
        String upload = send("left-alone.txt", new byte[8]);
        String path = "/v1/artifacts/uploads/" + upload;
        CompletableFuture<Answer> first;
        try (Connection database = GATEWAY.bean(DataSource.class).getConnection();
                Statement statement = database.createStatement()) {
            database.setAutoCommit(false);
            statement.execute("lock table artifact in share mode");
            first = CompletableFuture.supplyAsync(() -> commit(upload, "{\"kind\":\"dataset\"}"));
            await().atMost(SOON).until(ArtifactsIT::aCommitWaits);

            assertThat(commit(upload, "{\"kind\":\"dataset\"}").status()).isEqualTo(409);
            assertThat(rest.put(path + "/files/b.txt", new byte[8]).status()).isEqualTo(409);
            assertThat(rest.call("DELETE", path, "").status()).isEqualTo(409);
            database.rollback();
        }

        assertThat(first.join().status()).isEqualTo(201);
        assertThat(rest.call("DELETE", path, "").status()).isEqualTo(404);
    }

    private static boolean aCommitWaits() {
        return GATEWAY.bean(JdbcClient.class)
                .sql("select exists (select from pg_locks where relation = 'artifact'::regclass and not granted)")
                .query(Boolean.class)
                .single();
    }

    @Test
    void callers_see_their_own_open_uploads() {
        String mine = send("a.txt", new byte[8]);
        String otherKey = rest.post("/v1/keys", "{\"name\":\"other\",\"role\":\"submitter\"}")
                .text("key");

        assertThat(rest.get("/v1/artifacts/uploads").body().path("items").valueStream())
                .filteredOn(upload -> upload.path("id").asString().equals(mine))
                .singleElement()
                .satisfies(upload -> {
                    assertThat(upload.path("files").asInt()).isEqualTo(1);
                    assertThat(upload.path("size").asLong()).isEqualTo(8);
                });
        assertThat(GATEWAY.rest(otherKey).get("/v1/artifacts/uploads").body().path("items"))
                .isEmpty();
        assertThat(rest.call("DELETE", "/v1/artifacts/uploads/" + mine, "").status())
                .isEqualTo(204);
    }

    @Test
    void files_of_an_artifact_are_found_without_reading_its_manifest_again() throws IOException {
        String id = upload("dataset", "a/hello.txt", "hello world").text("id");
        String file = "/v1/artifacts/" + id + "/files/a/hello.txt";
        assertThat(rest.get(file).status()).isEqualTo(200);
        String hex = id.substring("sha256:".length());
        Path manifest = GATEWAY.store().resolve("manifests/" + hex.substring(0, 2) + "/" + hex + ".json");
        Files.delete(manifest);

        assertThat(rest.get(file).raw().body()).isEqualTo("hello world");
    }

    private String send(String path, byte[] content) {
        String upload = rest.post("/v1/artifacts/uploads", "").text("id");
        Answer sent = rest.put("/v1/artifacts/uploads/" + upload + "/files/" + path.replace(" ", "%20"), content);
        assertThat(sent.status()).as(sent.raw().body()).isEqualTo(200);
        return upload;
    }

    private Answer commit(String upload, String form) {
        return rest.post("/v1/artifacts/uploads/" + upload + "/commit", form);
    }

    private List<String> files(Answer artifact) {
        JsonNode files = rest.get("/v1/artifacts/" + artifact.text("id")).body().path("files");
        return files.valueStream().map(file -> file.path("path").asString()).toList();
    }

    private String config(Answer artifact) {
        return rest.get("/v1/artifacts/" + artifact.text("id") + "/files/config.json")
                .raw()
                .body();
    }

    @Test
    void files_are_imported_from_allowed_folders_only() throws IOException {
        Path allowed = Files.createDirectories(GATEWAY.importRoot().resolve("set"));
        Files.writeString(allowed.resolve("data.txt"), "imported");
        Path secret = Files.writeString(outside.resolve("secret.txt"), "secret");

        assertThat(importFrom(allowed.toUri().toString()).status()).isEqualTo(201);
        assertThat(importFrom(secret.toUri().toString()).status()).isEqualTo(422);
        assertThat(importFrom(allowed.toUri() + "../../../../../../etc/hostname")
                        .status())
                .isEqualTo(422);
        Path link = Files.createSymbolicLink(GATEWAY.importRoot().resolve("link"), outside);
        assertThat(importFrom(link.toUri() + "secret.txt").status()).isEqualTo(422);
        assertThat(importFrom(GATEWAY.importRoot().toUri().toString()).text("detail"))
                .contains("link");
        Files.delete(link);
    }

    @Test
    void the_gateway_does_not_fetch_from_addresses_only_it_can_reach() {
        for (String source : new String[] {
            "https://127.0.0.1/x", "https://localhost/x", "https://[::1]/x", "https://169.254.169.254/latest/meta-data",
            "http://example.com/x", "ftp://example.com/x", "https://user:pw@127.0.0.1/x", "nonsense"
        }) {
            assertThat(importFrom(source).status()).as(source).isEqualTo(422);
        }
    }

    @Test
    void models_have_versions_aliases_and_refuse_a_lost_update() {
        String one = upload("model", "w.txt", "one").text("id");
        String two = upload("model", "w.txt", "two").text("id");

        assertThat(register("m", one, 0).body().path("version").asInt()).isEqualTo(1);
        assertThat(register("m", two, 1).body().path("version").asInt()).isEqualTo(2);
        Answer late = register("m", one, 1);
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.text("detail")).contains("version 2");

        assertThat(rest.call("PUT", "/v1/models/m/aliases/production", "{\"version\":1}")
                        .status())
                .isEqualTo(204);
        assertThat(rest.call("PUT", "/v1/models/m/aliases/production", "{\"version\":9}")
                        .status())
                .isEqualTo(422);
        assertThat(rest.get("/v1/models/m").body().at("/aliases/production").asInt())
                .isEqualTo(1);
    }

    private Answer register(String name, String artifact, int expected) {
        return rest.post(
                "/v1/models",
                "{\"name\":\"%s\",\"artifact\":\"%s\",\"expectedVersion\":%d}".formatted(name, artifact, expected));
    }

    private Answer importFrom(String source) {
        return rest.post("/v1/artifacts/import", "{\"kind\":\"dataset\",\"source\":\"" + source + "\"}");
    }

    private Answer upload(String kind, String path, String content) {
        String upload = rest.post("/v1/artifacts/uploads", "").text("id");
        Answer sent = rest.call("PUT", "/v1/artifacts/uploads/" + upload + "/files/" + path, content);
        assertThat(sent.status()).as(sent.raw().body()).isEqualTo(200);
        Answer committed = rest.post("/v1/artifacts/uploads/" + upload + "/commit", "{\"kind\":\"" + kind + "\"}");
        assertThat(committed.status()).as(committed.raw().body()).isEqualTo(201);
        return committed;
    }
}
