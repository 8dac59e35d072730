package dev.steelyard.gateway.jobs;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One form for equal JSON: keys sorted, numbers without needless digits (4.0 is 4), no white space. */
final class CanonicalJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int MAX_SCALE = 400;

    private CanonicalJson() {}

    /** The same value in canonical form. */
    static JsonNode of(JsonNode value) {
        if (value instanceof ObjectNode object) {
            Map<String, JsonNode> sorted = new TreeMap<>();
            object.properties().forEach(p -> sorted.put(p.getKey(), of(p.getValue())));
            return NODES.objectNode().setAll(sorted);
        }
        if (value instanceof ArrayNode array) {
            ArrayNode copy = NODES.arrayNode();
            array.forEach(item -> copy.add(of(item)));
            return copy;
        }
        return value.isNumber() ? number(value.decimalValue()) : value;
    }

    private static JsonNode number(BigDecimal value) {
        BigDecimal stripped = value.stripTrailingZeros();
        if (stripped.scale() <= 0 && stripped.scale() > -MAX_SCALE) {
            return NODES.numberNode(stripped.toBigInteger());
        }
        return NODES.numberNode(stripped.doubleValue());
    }

    static byte[] bytes(JsonNode value) {
        return of(value).toString().getBytes(StandardCharsets.UTF_8);
    }
}
