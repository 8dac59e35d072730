package dev.steelyard.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Options of the form {@code name=value}. */
final class Assignments {
    private Assignments() {}

    /** Names to values, in order. */
    static Map<String, String> parse(String option, List<String> words) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals <= 0) {
                throw new UsageException(option + " '" + word + "': expected <name>=<value>");
            }
            values.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return values;
    }

    /**
     * Parameters, with {@code a.b} for the field b of the record a. What a name without fields of its own is followed by
     * is a key, dots and all.
     *
     * @param given names to what was written
     * @param schema of all parameters; what it does not know is left for the gateway to name
     */
    static Map<String, Object> params(Map<String, String> given, JsonNode schema) {
        ObjectNode all = JsonMapper.shared().createObjectNode();
        given.forEach((name, text) -> put(all, name, text, schema, name));
        Map<String, Object> values = new LinkedHashMap<>();
        all.properties().forEach(entry -> values.put(entry.getKey(), entry.getValue()));
        return values;
    }

    private static void put(ObjectNode into, String name, String text, JsonNode schema, String whole) {
        int dot = name.indexOf('.');
        JsonNode fields = schema.path("properties");
        String first = dot < 0 ? name : name.substring(0, dot);
        boolean holds = fields.path(first).path("type").asString("").equals("object");
        if (dot < 0 || !holds) {
            into.set(name, JsonMapper.shared().valueToTree(value(text, schemaOf(name, schema))));
            return;
        }
        JsonNode inside = into.path(first);
        if (!inside.isMissingNode() && !inside.isObject()) {
            throw new UsageException("--param '" + whole + "': " + first + " has another value already");
        }
        ObjectNode target = inside.isObject() ? (ObjectNode) inside : into.putObject(first);
        put(target, name.substring(dot + 1), text, fields.path(first), whole);
    }

    private static JsonNode schemaOf(String name, JsonNode schema) {
        JsonNode field = schema.path("properties").path(name);
        return field.isMissingNode() ? schema.path("additionalProperties") : field;
    }

    /**
     * A parameter's value: text where the schema says text, else JSON, and a list may be written "a,b,c".
     *
     * @param schema of the parameter; a missing node when the method does not know it, which the gateway will say
     */
    static Object value(String text, JsonNode schema) {
        String type = schema.path("type").asString("");
        if (type.equals("string")) {
            return text;
        }
        if (type.equals("array") && !text.startsWith("[")) {
            JsonNode items = schema.path("items");
            return Arrays.stream(text.split(","))
                    .map(item -> value(item.strip(), items))
                    .toList();
        }
        try {
            return JsonMapper.shared().readTree(text);
        } catch (JacksonException e) {
            return text; // not JSON: the gateway names the type it expects
        }
    }
}
