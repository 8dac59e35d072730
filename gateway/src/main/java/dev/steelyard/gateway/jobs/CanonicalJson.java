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

    private CanonicalJson() {}

    /**
     * The same value in canonical form, sharing nothing that can change.
     *
     * @throws IllegalArgumentException when it holds a number beyond the range of a double, or a NUL character
     */
    static JsonNode of(JsonNode value) {
        if (value instanceof ObjectNode object) {
            Map<String, JsonNode> sorted = new TreeMap<>();
            object.properties().forEach(p -> sorted.put(text(p.getKey()), of(p.getValue())));
            return NODES.objectNode().setAll(sorted);
        }
        if (value instanceof ArrayNode array) {
            ArrayNode copy = NODES.arrayNode();
            array.forEach(item -> copy.add(of(item)));
            return copy;
        }
        if (value.isString()) {
            text(value.asString());
        }
        return value.isNumber() ? number(value) : value;
    }

    private static JsonNode number(JsonNode value) {
        if (!Double.isFinite(value.doubleValue())) {
            throw new IllegalArgumentException("holds a number beyond the range of a double");
        }
        BigDecimal stripped = value.decimalValue().stripTrailingZeros();
        return stripped.scale() <= 0
                ? NODES.numberNode(stripped.toBigInteger())
                : NODES.numberNode(stripped.doubleValue());
    }

    private static String text(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("holds a NUL character");
        }
        return text;
    }

    static byte[] bytes(JsonNode value) {
        return of(value).toString().getBytes(StandardCharsets.UTF_8);
    }
}
