package dev.steelyard.method;

import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.LongNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings JSON into the form of a schema: fills in defaults and refuses unknown, missing and null fields. Ranges are
 * left to the constraints of the record.
 */
final class ParamsForm {
    private static final int LONGEST_SHOWN = 60;

    private ParamsForm() {}

    /** Completes {@code value} in place. {@code pointer} says where it stands, "" for the whole. */
    static void complete(JsonNode value, JsonNode schema, String pointer) throws MethodException {
        if (value instanceof ObjectNode object && schema.has("properties")) {
            completeObject(object, schema, pointer);
        } else if (value instanceof ArrayNode array && schema.has("items")) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, normal(array.get(i), schema.get("items"), pointer + "/" + i));
                complete(array.get(i), schema.get("items"), pointer + "/" + i);
            }
        }
    }

    private static void completeObject(ObjectNode object, JsonNode schema, String pointer) throws MethodException {
        JsonNode properties = schema.get("properties");
        for (Map.Entry<String, JsonNode> field : Map.copyOf(asMap(object)).entrySet()) {
            String at = pointer + "/" + escape(field.getKey());
            JsonNode known = properties.get(field.getKey());
            if (known == null) {
                throw MethodException.parameter(
                        at,
                        name(at) + ": there is no such parameter; there are "
                                + String.join(", ", properties.propertyNames()));
            }
            object.set(field.getKey(), normal(field.getValue(), known, at));
        }
        for (Map.Entry<String, JsonNode> property : properties.properties()) {
            String at = pointer + "/" + escape(property.getKey());
            if (!object.has(property.getKey()) && property.getValue().has("default")) {
                object.set(property.getKey(), property.getValue().get("default").deepCopy());
            }
            JsonNode present = object.get(property.getKey());
            if (present != null) {
                complete(present, property.getValue(), at);
            }
        }
        for (JsonNode required : schema.path("required")) {
            String at = pointer + "/" + escape(required.asString());
            if (!object.has(required.asString())) {
                throw MethodException.parameter(
                        at, name(at) + " is missing: expected " + Expectation.of(properties.path(required.asString())));
            }
        }
    }

    private static Map<String, JsonNode> asMap(ObjectNode object) {
        return object.properties().stream()
                .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** A whole number written with a fraction of zero, as some producers do, is an integer where one is expected. */
    private static JsonNode normal(JsonNode value, JsonNode schema, String at) throws MethodException {
        if (value.isNull() || isInfinite(value)) {
            throw refused(at, value, schema);
        }
        if (value.isFloatingPointNumber()
                && "integer".equals(schema.path("type").asString(""))) {
            double number = value.doubleValue();
            long whole = (long) number;
            if (whole != number || Math.abs(number) > 1L << 53) {
                throw refused(at, value, schema);
            }
            return whole == (int) whole ? IntNode.valueOf((int) whole) : LongNode.valueOf(whole);
        }
        return value;
    }

    private static boolean isInfinite(JsonNode value) {
        return value.isFloatingPointNumber() && Double.isInfinite(value.doubleValue());
    }

    /** "bits = 12: expected an integer from 2 to 8". */
    static MethodException refused(String pointer, JsonNode value, JsonNode schema) {
        return MethodException.parameter(
                pointer, name(pointer) + " = " + shown(value) + ": expected " + Expectation.of(schema));
    }

    static String shown(JsonNode value) {
        String text = isInfinite(value) ? value.asString() : value.toString();
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
    }

    /** "/layers/3/bits" as "layers.3.bits". */
    static String name(String pointer) {
        return pointer.isEmpty()
                ? "parameters"
                : pointer.substring(1).replace('/', '.').replace("~1", "/").replace("~0", "~");
    }

    static String escape(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
