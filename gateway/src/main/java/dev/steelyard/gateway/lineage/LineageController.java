package dev.steelyard.gateway.lineage;

import dev.steelyard.artifacts.ArtifactId;
import dev.steelyard.gateway.lineage.LineageGraph.Edge;
import dev.steelyard.gateway.problems.ProblemException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/v1/lineage")
@Tag(name = "lineage", description = "Where each artifact came from and what became of it")
class LineageController {
    /** Steps; artifact to job is one, job to artifact another. */
    private static final int MAX_DEPTH = 200;

    private final LineageTable table;

    LineageController(LineageTable table) {
        this.table = table;
    }

    @GetMapping("/{id}/ancestors")
    @Operation(operationId = "getAncestors", summary = "What an artifact or job was made of")
    LineageGraph ancestors(@PathVariable String id, @RequestParam(defaultValue = "0") int depth) {
        String root = root(id);
        return graph(root, table.ancestors(root, bounded(depth)));
    }

    @GetMapping("/{id}/descendants")
    @Operation(operationId = "getDescendants", summary = "What was made of an artifact or by a job")
    LineageGraph descendants(@PathVariable String id, @RequestParam(defaultValue = "0") int depth) {
        String root = root(id);
        return graph(root, table.descendants(root, bounded(depth)));
    }

    @GetMapping("/path")
    @Operation(operationId = "getPath", summary = "A shortest way from one artifact or job to another; empty when none")
    LineageGraph path(@RequestParam String from, @RequestParam String to) {
        String start = root(from);
        String end = root(to);
        Map<String, Edge> cameBy = new HashMap<>();
        Map<String, List<Edge>> leaving = new HashMap<>();
        for (Edge edge : table.ancestors(end, MAX_DEPTH)) {
            leaving.computeIfAbsent(edge.from(), k -> new ArrayList<>()).add(edge);
        }
        Deque<String> next = new ArrayDeque<>(List.of(start));
        while (!next.isEmpty() && !cameBy.containsKey(end)) {
            for (Edge edge : leaving.getOrDefault(next.remove(), List.of())) {
                if (!edge.to().equals(start) && cameBy.putIfAbsent(edge.to(), edge) == null) {
                    next.add(edge.to());
                }
            }
        }
        Deque<Edge> way = new ArrayDeque<>();
        for (Edge edge = cameBy.get(end); edge != null; edge = cameBy.get(edge.from())) {
            way.addFirst(edge);
        }
        return graph(start, List.copyOf(way));
    }

    private LineageGraph graph(String root, List<Edge> edges) {
        LineageGraph graph = new LineageGraph(root, table.nodes(root, edges), edges);
        if (graph.nodes().isEmpty()) {
            throw ProblemException.notFound("nothing is known of " + root);
        }
        return graph;
    }

    private static int bounded(int depth) {
        if (depth < 0 || depth > MAX_DEPTH) {
            throw ProblemException.field("/depth", "must be 1 to " + MAX_DEPTH + ", or 0 for all");
        }
        return depth == 0 ? MAX_DEPTH : depth;
    }

    private static String root(String id) {
        if (ArtifactId.looksLikeId(id)) {
            return id;
        }
        try {
            return UUID.fromString(id).toString();
        } catch (IllegalArgumentException e) {
            throw ProblemException.notFound("'" + id + "' is neither an artifact nor a job");
        }
    }
}
