package dev.steelyard.gateway.methods;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.steelyard.proto.v1.MethodAnnouncement;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class MethodDescriptionTest {
    private static final String SCHEMA = """
            {"type": "object", "properties": {
              "rate": {"type": "number", "default": 0.1},
              "optimizer": {"type": "object", "default": {}, "properties": {
                "name": {"type": "string", "default": "adamw"},
                "decay": {"type": "object", "default": {"shape": "linear"}, "properties": {
                  "shape": {"type": "string", "default": "cosine"}, "end": {"type": "number", "default": 0}}}}}}}
            """;

    @Test
    void defaults_reach_into_records() {
        assertThat(complete("{}"))
                .isEqualTo(
                        "{\"rate\":0.1,\"optimizer\":{\"name\":\"adamw\",\"decay\":{\"shape\":\"linear\",\"end\":0}}}");
        assertThat(complete("{\"optimizer\":{\"decay\":{\"end\":1},\"name\":\"sgd\"}}"))
                .isEqualTo(
                        "{\"optimizer\":{\"decay\":{\"end\":1,\"shape\":\"cosine\"},\"name\":\"sgd\"},\"rate\":0.1}");
    }

    private static String complete(String params) {
        JsonMapper json = new JsonMapper();
        var method = new MethodDescription(
                MethodAnnouncement.getDefaultInstance(),
                json.readTree(SCHEMA),
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(SCHEMA));
        ObjectNode tree = (ObjectNode) json.readTree(params);
        method.fillDefaults(tree);
        return tree.toString();
    }
}
