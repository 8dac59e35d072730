package dev.steelyard.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.cli.client.LineageGraph;
import dev.steelyard.cli.client.LineageGraph.Edge;
import dev.steelyard.cli.client.LineageGraph.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineageTreeTest {
    private static final String BASE = "sha256:aaaaaaaaaaaa0000";
    private static final String DATA = "sha256:bbbbbbbbbbbb0000";
    private static final String TUNED = "sha256:cccccccccccc0000";
    private static final String SMALL = "sha256:dddddddddddd0000";
    private static final String REPORT = "sha256:eeeeeeeeeeee0000";

    private static final List<Node> NODES = List.of(
            artifact(BASE, "model", "base:1"),
            artifact(DATA, "dataset", ""),
            artifact(TUNED, "model", ""),
            artifact(SMALL, "model", ""),
            artifact(REPORT, "report", ""),
            new Node("11111111-0000", "job", "", "learner/tune", "learner/tune"),
            new Node("22222222-0000", "job", "", "quantizer/finequant", ""));

    private static final List<Edge> EDGES = List.of(
            new Edge(BASE, "11111111-0000", "model"),
            new Edge(DATA, "11111111-0000", "dataset"),
            new Edge("11111111-0000", TUNED, "model"),
            new Edge(TUNED, "22222222-0000", "model"),
            new Edge(BASE, "22222222-0000", "reference"),
            new Edge("22222222-0000", SMALL, "model"),
            new Edge("22222222-0000", REPORT, "report"));

    @Test
    void ancestors_are_drawn_below_what_was_made_of_them() {
        Tree tree = LineageTree.ancestors(new LineageGraph(SMALL, NODES, EDGES));

        assertThat(tree.lines())
                .containsExactly(
                        "model sha256:dddddddddddd",
                        "└─ model: quantizer/finequant  job 22222222-000",
                        "   ├─ model: model sha256:cccccccccccc",
                        "   │  └─ model: learner/tune  job 11111111-000",
                        "   │     ├─ dataset: dataset sha256:bbbbbbbbbbbb",
                        "   │     └─ model: model sha256:aaaaaaaaaaaa  base:1",
                        "   └─ reference: model sha256:aaaaaaaaaaaa  base:1");
    }

    @Test
    void what_is_reached_twice_is_drawn_whole_once() {
        Tree tree = LineageTree.descendants(new LineageGraph(BASE, NODES, EDGES));

        assertThat(tree.lines())
                .containsExactly(
                        "model sha256:aaaaaaaaaaaa  base:1",
                        "├─ model: learner/tune  job 11111111-000",
                        "│  └─ model: model sha256:cccccccccccc",
                        "│     └─ model: quantizer/finequant  job 22222222-000",
                        "│        ├─ model: model sha256:dddddddddddd",
                        "│        └─ report: report sha256:eeeeeeeeeeee",
                        "└─ reference: quantizer/finequant  job 22222222-000  (drawn above)");
    }

    @Test
    void a_cycle_in_a_damaged_graph_ends() {
        List<Edge> circle = List.of(new Edge(BASE, TUNED, ""), new Edge(TUNED, BASE, ""));

        assertThat(LineageTree.ancestors(new LineageGraph(BASE, NODES, circle)).lines())
                .hasSize(3);
    }

    private static Node artifact(String id, String kind, String label) {
        return new Node(id, "artifact", kind, "", label);
    }
}
