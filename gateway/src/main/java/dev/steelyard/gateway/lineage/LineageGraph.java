package dev.steelyard.gateway.lineage;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Artifacts and the jobs between them.
 *
 * @param root what was asked about
 * @param edges in the direction the data flows: artifact to job, job to artifact
 */
@Schema(name = "Lineage")
record LineageGraph(String root, List<Node> nodes, List<Edge> edges) {

    /**
     * One artifact or job.
     *
     * @param type "artifact" or "job"
     * @param kind of an artifact
     * @param method of a job
     * @param label model names of an artifact; where it was brought in from; state of a job
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Node(
            String id,
            String type,
            @Nullable String kind,
            @Nullable String method,
            @Nullable String label) {}

    /** What flows: {@code role} is the name of the job's input or output. */
    record Edge(String from, String to, String role) {}
}
