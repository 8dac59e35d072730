package dev.steelyard.cli.render;

import dev.steelyard.cli.client.LineageGraph;
import dev.steelyard.cli.client.LineageGraph.Edge;
import dev.steelyard.cli.client.LineageGraph.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A lineage graph as a tree: from the root against the flow of the data, or with it. */
public final class LineageTree {
    private final Map<String, Node> nodes;
    private final List<Edge> edges;
    private final boolean upstream;
    private final Set<String> drawn = new HashSet<>();

    private LineageTree(LineageGraph graph, boolean upstream) {
        this.nodes = graph.nodes().stream().collect(Collectors.toMap(Node::id, Function.identity(), (a, b) -> a));
        this.edges = graph.edges();
        this.upstream = upstream;
    }

    /** What the root was made of. A node reached twice is drawn whole the first time only. */
    public static Tree ancestors(LineageGraph graph) {
        return new LineageTree(graph, true).tree(graph.root(), "");
    }

    /** What was made of the root. A node reached twice is drawn whole the first time only. */
    public static Tree descendants(LineageGraph graph) {
        return new LineageTree(graph, false).tree(graph.root(), "");
    }

    private Tree tree(String id, String role) {
        String label = (role.isEmpty() ? "" : role + ": ") + label(id);
        List<Edge> onwards = edges.stream()
                .filter(edge -> (upstream ? edge.to() : edge.from()).equals(id))
                .sorted(Comparator.comparing(Edge::role))
                .toList();
        if (!drawn.add(id)) {
            return new Tree(onwards.isEmpty() ? label : label + "  (drawn above)", List.of());
        }
        List<Tree> children = new ArrayList<>();
        for (Edge edge : onwards) {
            children.add(tree(upstream ? edge.from() : edge.to(), edge.role()));
        }
        return new Tree(label, children);
    }

    private String label(String id) {
        Node node = nodes.get(id);
        if (node == null) {
            return Text.shortId(id);
        }
        String what = node.type().equals("job") ? node.method() + "  job " : node.kind() + " ";
        String called = node.label().isEmpty() || node.label().equals(node.method()) ? "" : "  " + node.label();
        return what + Text.shortId(id) + called;
    }
}
