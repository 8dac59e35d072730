package dev.steelyard.gateway.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.gateway.testing.Rest;
import dev.steelyard.gateway.testing.RunningGateway;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * <pre>
 * a ──► first ──► b ──► last ──► d ──► tail ──► e
 *  └──► again ──► b   c ──┘
 * </pre>
 */
class LineageIT {
    private static final RunningGateway GATEWAY = RunningGateway.shared();
    private final Rest rest = GATEWAY.rest();
    private final JdbcClient database = GATEWAY.bean(JdbcClient.class);
    private final Map<String, String> ids = new HashMap<>();
    private final Map<String, String> names = new HashMap<>();

    @BeforeEach
    void graph() {
        List.of("a", "b", "c", "d", "e").forEach(this::artifact);
        job("first", Map.of("data", "a"), Map.of("model", "b"));
        job("again", Map.of("data", "a"), Map.of("model", "b"));
        job("last", Map.of("model", "b", "data", "c"), Map.of("model", "d"));
        job("tail", Map.of("model", "d"), Map.of("model", "e"));
    }

    @Test
    void ancestors_are_all_that_something_was_made_of() {
        assertThat(edges("d", "ancestors", 0))
                .containsExactlyInAnyOrder(
                        "last -model-> d",
                        "b -model-> last",
                        "c -data-> last",
                        "first -model-> b",
                        "again -model-> b",
                        "a -data-> first",
                        "a -data-> again");
        assertThat(edges("first", "ancestors", 0)).containsExactly("a -data-> first");
    }

    @Test
    void descendants_are_all_that_became_of_something() {
        assertThat(edges("b", "descendants", 0))
                .containsExactlyInAnyOrder("b -model-> last", "last -model-> d", "d -model-> tail", "tail -model-> e");
        assertThat(edges("tail", "descendants", 0)).containsExactly("tail -model-> e");
        assertThat(edges("e", "descendants", 0)).isEmpty();
    }

    @Test
    void depth_counts_steps_from_artifact_to_job_and_from_job_to_artifact() {
        assertThat(edges("d", "ancestors", 1)).containsExactly("last -model-> d");
        assertThat(edges("d", "ancestors", 2))
                .containsExactlyInAnyOrder("last -model-> d", "b -model-> last", "c -data-> last");
        assertThat(edges("first", "descendants", 2)).containsExactlyInAnyOrder("first -model-> b", "b -model-> last");
    }

    @Test
    void a_job_that_gives_back_its_input_does_not_keep_the_walk_from_ending() {
        job("same", Map.of("model", "e"), Map.of("model", "e"));

        assertThat(edges("same", "descendants", 0)).containsExactlyInAnyOrder("same -model-> e", "e -model-> same");
        assertThat(edges("e", "ancestors", 1)).containsExactlyInAnyOrder("same -model-> e", "tail -model-> e");
    }

    private List<String> edges(String root, String direction, int depth) {
        return rest.get("/v1/lineage/" + ids.get(root) + "/" + direction + "?depth=" + depth)
                .body()
                .path("edges")
                .valueStream()
                .map(edge -> names.get(edge.path("from").asString("")) + " -"
                        + edge.path("role").asString("") + "-> "
                        + names.get(edge.path("to").asString("")))
                .toList();
    }

    private void name(String name, String id) {
        ids.put(name, id);
        names.put(id, name);
    }

    private void artifact(String name) {
        String hex = UUID.randomUUID().toString().replace("-", "");
        name(name, "sha256:" + hex + hex);
        database.sql("insert into artifact (id, kind, size, files) values (?, 'model', 1, 1)")
                .param(ids.get(name))
                .update();
    }

    private void job(String name, Map<String, String> inputs, Map<String, String> outputs) {
        UUID id = UUID.randomUUID();
        name(name, id.toString());
        database.sql("""
                        insert into job (id, method, method_version, short, params, inputs, seed, cache, labels, state,
                                         dispatch, cache_key, owner, request_hash)
                        values (?, 'fake/work', '1', false, '{}', '{}', 0, false, '{}', 'SUCCEEDED', 1, '', 'test', '')
                        """).param(id).update();
        inputs.forEach((role, artifact) -> edge("consumed", id, role, artifact));
        outputs.forEach((role, artifact) -> edge("produced", id, role, artifact));
    }

    private void edge(String table, UUID job, String role, String artifact) {
        database.sql("insert into " + table + " (job_id, name, artifact) values (?, ?, ?)")
                .params(job, role, String.valueOf(ids.get(artifact)))
                .update();
    }
}
