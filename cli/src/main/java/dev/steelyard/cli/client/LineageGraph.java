package dev.steelyard.cli.client;

import java.util.List;

/**
 * Artifacts and the jobs between them.
 *
 * @param root what was asked about
 * @param edges in the direction the data flows: artifact to job, job to artifact
 */
public record LineageGraph(String root, List<Node> nodes, List<Edge> edges) {

    /**
     * @param type "artifact" or "job"
     * @param kind of an artifact
     * @param method of a job
     * @param label what it is called, if anything
     */
    public record Node(String id, String type, String kind, String method, String label) {}

    /** @param role name of the job's input or output */
    public record Edge(String from, String to, String role) {}
}
