package dev.steelyard.gateway.methods;

import com.networknt.schema.Schema;
import dev.steelyard.proto.v1.MethodAnnouncement;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A method some worker has announced.
 *
 * @param announcement what the worker said
 * @param paramsSchema JSON Schema of the parameters
 * @param validator the same, compiled
 */
public record MethodDescription(MethodAnnouncement announcement, JsonNode paramsSchema, Schema validator) {

    /** "service/method". */
    public String id() {
        return announcement.getService() + "/" + announcement.getName();
    }

    /** The input of that name, if the method declares one. */
    public Optional<MethodAnnouncement.Port> input(String name) {
        return announcement.getInputsList().stream()
                .filter(port -> port.getName().equals(name))
                .findFirst();
    }

    /** Names of the inputs no job can go without. */
    public List<String> requiredInputs() {
        return announcement.getInputsList().stream()
                .filter(MethodAnnouncement.Port::getRequired)
                .map(MethodAnnouncement.Port::getName)
                .toList();
    }

    /** Fills in what {@code params} leaves out with the schema's defaults, in records inside it too. */
    public void fillDefaults(ObjectNode params) {
        fill(params, paramsSchema);
    }

    private static void fill(ObjectNode values, JsonNode schema) {
        schema.path("properties").properties().forEach(property -> {
            JsonNode fallback = property.getValue().get("default");
            if (fallback != null && !values.has(property.getKey())) {
                values.set(property.getKey(), fallback.deepCopy());
            }
            if (values.get(property.getKey()) instanceof ObjectNode inside) {
                fill(inside, property.getValue());
            }
        });
    }
}
