package dev.steelyard.cli.client;

/** Where artifacts come from and what was made of them. */
public final class LineageGraphs {
    private static final String ALL = "/v1/lineage/";

    private final Http http;

    LineageGraphs(Http http) {
        this.http = http;
    }

    /**
     * What an artifact was made of.
     *
     * @param depth steps; 0: the gateway's choice
     */
    public LineageGraph ancestors(String artifact, int depth) {
        return http.get(new Query().with("depth", depth).of(ALL + artifact + "/ancestors"), LineageGraph.class);
    }

    /**
     * What was made of an artifact.
     *
     * @param depth steps; 0: the gateway's choice
     */
    public LineageGraph descendants(String artifact, int depth) {
        return http.get(new Query().with("depth", depth).of(ALL + artifact + "/descendants"), LineageGraph.class);
    }
}
