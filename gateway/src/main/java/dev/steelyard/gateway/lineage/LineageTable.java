package dev.steelyard.gateway.lineage;

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
    /** Both kinds of edge as (source, target, role), in the direction the data flows. */
    private static final String EDGES = """
            edge (source, target, role) as (
                select artifact, job_id::text, name from consumed
                union all
                select job_id::text, artifact, name from produced)
            """;

    private static final String UP = "with recursive " + EDGES + """
            , walk (node, depth) as (
                select :root::text, 0
                union
                select e.source, w.depth + 1 from walk w join edge e on e.target = w.node where w.depth < :depth)
            select distinct e.source, e.target, e.role
            from edge e join (select node, min(depth) depth from walk group by node) w on e.target = w.node
            where w.depth < :depth order by 1, 2, 3
            """;

    private static final String DOWN = "with recursive " + EDGES + """
            , walk (node, depth) as (
                select :root::text, 0
                union
                select e.target, w.depth + 1 from walk w join edge e on e.source = w.node where w.depth < :depth)
            select distinct e.source, e.target, e.role
            from edge e join (select node, min(depth) depth from walk group by node) w on e.source = w.node
            where w.depth < :depth order by 1, 2, 3
            """;

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

    List<Edge> ancestors(String root, int depth) {
        return edges(UP, root, depth);
    }

    List<Edge> descendants(String root, int depth) {
        return edges(DOWN, root, depth);
    }

    private List<Edge> edges(String walk, String root, int depth) {
        return database.sql(walk)
                .param("root", root)
                .param("depth", depth)
                .query((row, n) -> new Edge(row.getString(1), row.getString(2), row.getString(3)))
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
            if (id.startsWith("sha256:")) {
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
