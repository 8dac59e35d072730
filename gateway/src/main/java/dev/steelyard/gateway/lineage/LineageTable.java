package dev.steelyard.gateway.lineage;

import dev.steelyard.artifacts.ArtifactId;
import dev.steelyard.gateway.lineage.LineageGraph.Edge;
import dev.steelyard.gateway.lineage.LineageGraph.Node;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Walks the graph in the database. */
@Component
class LineageTable {
    /** From artifacts to the jobs they were produced by, from jobs to the artifacts they consumed. */
    private static final String UP = walk("""
            select p.job_id, p.artifact, p.name, true from produced p where p.artifact = w.artifact
            union all
            select c.job_id, c.artifact, c.name, false from consumed c where c.job_id = w.job
            """);

    /** From artifacts to the jobs that consumed them, from jobs to the artifacts they produced. */
    private static final String DOWN = walk("""
            select c.job_id, c.artifact, c.name, false from consumed c where c.artifact = w.artifact
            union all
            select p.job_id, p.artifact, p.name, true from produced p where p.job_id = w.job
            """);

    private static final String NODES = """
            select a.id, 'artifact', a.kind, null,
                   coalesce((select string_agg(v.model || ':' || v.version, ', ' order by v.model, v.version)
                             from model_version v where v.artifact = a.id), a.source)
            from artifact a where a.id = any (:artifacts)
            union all
            select j.id::text, 'job', null, j.method, j.state from job j where j.id = any (:jobs)
            order by 2, 1
            """;

    private final JdbcClient database;

    LineageTable(JdbcClient database) {
        this.database = database;
    }

    /**
     * A walk along edges. A node is an artifact or a job, never both, so that each step looks up its edges in an index.
     *
     * @param edges (job, artifact, role, produced) of a node w, by one table where it is an artifact, by the other where a job
     */
    private static String walk(String edges) {
        return """
                with recursive walk (artifact, job, depth) as (
                    select :artifact::text, :job::uuid, 0
                    union
                    select case when w.artifact is null then e.artifact end,
                           case when w.job is null then e.job end,
                           w.depth + 1
                    from walk w cross join lateral (%1$s) e (job, artifact, role, produced)
                    where w.depth < :depth)
                select e.job::text, e.artifact, e.role, e.produced
                from (select artifact, job, min(depth) depth from walk group by artifact, job) w
                cross join lateral (%1$s) e (job, artifact, role, produced)
                where w.depth < :depth
                order by case when e.produced then e.job::text else e.artifact end,
                         case when e.produced then e.artifact else e.job::text end, e.role
                """.formatted(edges);
    }

    List<Edge> ancestors(String root, int depth) {
        return edges(UP, root, depth);
    }

    List<Edge> descendants(String root, int depth) {
        return edges(DOWN, root, depth);
    }

    private List<Edge> edges(String walk, String root, int depth) {
        boolean isArtifact = ArtifactId.looksLikeId(root);
        return database.sql(walk)
                .param("artifact", isArtifact ? root : null)
                .param("job", isArtifact ? null : root)
                .param("depth", depth)
                .query((row, n) -> row.getBoolean(4)
                        ? new Edge(row.getString(1), row.getString(2), row.getString(3))
                        : new Edge(row.getString(2), row.getString(1), row.getString(3)))
                .list();
    }

    /** The ends of some edges, and the root itself. */
    List<Node> nodes(String root, List<Edge> edges) {
        Set<String> ids = new LinkedHashSet<>(List.of(root));
        edges.forEach(e -> {
            ids.add(e.from());
            ids.add(e.to());
        });
        List<String> artifacts = new ArrayList<>();
        List<UUID> jobs = new ArrayList<>();
        for (String id : ids) {
            if (ArtifactId.looksLikeId(id)) {
                artifacts.add(id);
            } else {
                jobs.add(UUID.fromString(id));
            }
        }
        return database.sql(NODES)
                .param("artifacts", artifacts.toArray(String[]::new))
                .param("jobs", jobs.toArray(UUID[]::new))
                .query((row, n) -> new Node(
                        row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5)))
                .list();
    }
}
