package dev.steelyard.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Options of the form {@code name=value}. */
final class Assignments {
    private Assignments() {}

    /** Names to values, in order. */
    static Map<String, String> parse(String option, List<String> words) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals <= 0) {
                throw new CommandException(option + " '" + word + "': expected <name>=<value>");
            }
            values.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return values;
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
