package dev.steelyard.cli.client;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What a method takes and gives.
 *
 * @param id "service/name"
 * @param isShort jobs of a few milliseconds
 * @param paramsSchema JSON Schema of the parameters
 * @param running whether a worker of its service runs now; empty when the gateway does not know
 */
public record MethodInfo(
        String id,
        String service,
        String name,
        String version,
        String summary,
        String description,
        Optional<Paper> paper,
        @JsonProperty("short") boolean isShort,
        List<PortInfo> inputs,
        List<PortInfo> outputs,
        JsonNode paramsSchema,
        List<Example> examples,
        Optional<Boolean> running) {

    /** The publication. */
    public record Paper(String title, String reference) {}

    /** A named input or output. */
    public record PortInfo(String name, String kind, boolean required, String description) {}

    /** Parameters worth showing. */
    public record Example(String title, Map<String, JsonNode> params) {}
}
