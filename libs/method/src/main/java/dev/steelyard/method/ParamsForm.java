package dev.steelyard.method;

import dev.steelyard.schema.FieldAt;
import java.util.List;
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
    private ParamsForm() {}

    /** Completes {@code value} in place. */
    static void complete(JsonNode value, FieldAt at) throws MethodException {
        if (value instanceof ObjectNode object && at.schema().has("properties")) {
            completeObject(object, at);
        } else if (value instanceof ArrayNode array && at.schema().has("items")) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, normal(array.get(i), at.element(i)));
                complete(array.get(i), at.element(i));
            }
        }
    }

    private static void completeObject(ObjectNode object, FieldAt at) throws MethodException {
        JsonNode properties = at.schema().get("properties");
        for (String name : List.copyOf(object.propertyNames())) {
            FieldAt field = at.field(name);
            if (!properties.has(name)) {
                throw MethodException.parameter(field.pointer(), field.isUnknownIn(at));
            }
            object.set(name, normal(object.get(name), field));
        }
        for (String name : properties.propertyNames()) {
            FieldAt field = at.field(name);
            if (!object.has(name) && field.schema().has("default")) {
                object.set(name, field.schema().get("default").deepCopy());
            }
            JsonNode present = object.get(name);
            if (present != null) {
                complete(present, field);
            }
        }
        for (JsonNode required : at.schema().path("required")) {
            if (!object.has(required.asString())) {
                FieldAt field = at.field(required.asString());
                throw MethodException.parameter(field.pointer(), field.isMissing());
            }
        }
    }

    /** A whole number written with a fraction of zero, as some producers do, is an integer where one is expected. */
    private static JsonNode normal(JsonNode value, FieldAt at) throws MethodException {
        if (value.isNull() || isInfinite(value)) {
            throw refused(value, at);
        }
        if (value.isFloatingPointNumber()
                && "integer".equals(at.schema().path("type").asString(""))) {
            double number = value.doubleValue();
            long whole = (long) number;
            if (whole != number || Math.abs(number) > 1L << 53) {
                throw refused(value, at);
            }
            return whole == (int) whole ? IntNode.valueOf((int) whole) : LongNode.valueOf(whole);
        }
        return value;
    }

    private static boolean isInfinite(JsonNode value) {
        return value.isFloatingPointNumber() && Double.isInfinite(value.doubleValue());
    }

    static MethodException refused(JsonNode value, FieldAt at) {
        return MethodException.parameter(at.pointer(), at.refuses(value));
    }
}
