package dev.steelyard.schema;

import java.util.Optional;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/** Says in words what a piece of JSON Schema allows: "an integer from 2 to 8". */
public final class Expectation {
    private Expectation() {}

    /** Of a field's schema; "another value" where it is none of the simple kinds. */
    public static String of(JsonNode schema) {
        if (schema.has("enum")) {
            StringJoiner constants = new StringJoiner(", ", "one of ", "");
            schema.get("enum").forEach(constant -> constants.add(constant.asString()));
            return constants.toString();
        }
        if (schema.has("const")) {
            return schema.get("const").asString();
        }
        return switch (schema.path("type").asString("")) {
            case "integer" -> "an integer" + range(schema);
            case "number" -> "a number" + range(schema);
            case "boolean" -> "true or false";
            case "string" -> "text" + count(schema, "minLength", "maxLength", "characters") + pattern(schema);
            case "array" -> "a list" + count(schema, "minItems", "maxItems", "elements");
            case "object" -> "an object";
            default -> "another value";
        };
    }

    private static String range(JsonNode schema) {
        Optional<String> low = bound(schema, "minimum", "exclusiveMinimum", "at least ", "above ");
        Optional<String> high = bound(schema, "maximum", "exclusiveMaximum", "at most ", "below ");
        if (schema.has("minimum") && schema.has("maximum")) {
            return " from " + number(schema, "minimum") + " to " + number(schema, "maximum");
        }
        if (low.isPresent() && high.isPresent()) {
            return " " + low.get() + " and " + high.get();
        }
        return low.or(() -> high)
                .map(words -> (words.startsWith("at") ? " of " : " ") + words)
                .orElse("");
    }

    private static Optional<String> bound(
            JsonNode schema, String inclusive, String exclusive, String with, String without) {
        if (schema.has(inclusive)) {
            return Optional.of(with + number(schema, inclusive));
        }
        return schema.has(exclusive) ? Optional.of(without + number(schema, exclusive)) : Optional.empty();
    }

    private static String number(JsonNode schema, String key) {
        return schema.get(key).decimalValue().toPlainString();
    }

    private static String count(JsonNode schema, String least, String most, String unit) {
        if (schema.has(least) && schema.has(most)) {
            return " of " + schema.get(least) + " to " + schema.get(most) + " " + unit;
        }
        if (schema.has(least)) {
            return " of at least " + amount(schema.get(least), unit);
        }
        return schema.has(most) ? " of at most " + amount(schema.get(most), unit) : "";
    }

    private static String amount(JsonNode count, String unit) {
        return count.asInt() == 1 ? "1 " + unit.substring(0, unit.length() - 1) : count + " " + unit;
    }

    private static String pattern(JsonNode schema) {
        return schema.has("pattern") ? " matching " + schema.get("pattern").asString() : "";
    }
}
