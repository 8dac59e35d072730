package dev.steelyard.cli.render;

import dev.steelyard.cli.client.MethodInfo;
import dev.steelyard.cli.client.MethodInfo.PortInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Help for one method, made from its schema. */
public final class MethodHelp {
    /** A pattern that only lists words. */
    private static final Pattern WORDS = Pattern.compile("[\\w-]+(\\|[\\w-]+)+");

    private MethodHelp() {}

    /** The lines. */
    public static List<String> lines(MethodInfo method) {
        List<String> lines = new ArrayList<>();
        lines.add(method.id() + " " + method.version() + "  " + method.summary());
        method.paper()
                .filter(paper -> !paper.title().isEmpty())
                .ifPresent(paper -> lines.add("Paper: " + paper.title() + " (" + paper.reference() + ")"));
        if (!method.description().isBlank()) {
            lines.add("");
            method.description().strip().lines().forEach(lines::add);
        }
        ports(lines, "Inputs", "--input", method.inputs());
        ports(lines, "Outputs", "", method.outputs());
        params(lines, method.paramsSchema());
        examples(lines, method);
        return lines;
    }

    private static void ports(List<String> lines, String title, String option, List<PortInfo> ports) {
        if (ports.isEmpty()) {
            return;
        }
        lines.add("");
        lines.add(title + (option.isEmpty() ? "" : "  (" + option + " <name>=<reference>)"));
        Table table = new Table("NAME", "KIND", "", "");
        for (PortInfo port : ports) {
            table.row(port.name(), port.kind(), port.required() ? "" : "optional", port.description());
        }
        table.lines().stream().skip(1).forEach(line -> lines.add("  " + line));
    }

    private static void params(List<String> lines, JsonNode schema) {
        if (schema.path("properties").isEmpty()) {
            return;
        }
        lines.add("");
        lines.add("Parameters  (--param <name>=<value>)");
        Table table = new Table("NAME", "TYPE", "RANGE", "DEFAULT", "");
        rows(table, "", schema);
        table.lines().forEach(line -> lines.add("  " + line));
    }

    /** A row for each parameter, and for each field of those that have fields. */
    private static void rows(Table table, String prefix, JsonNode schema) {
        Set<String> required = new HashSet<>();
        schema.path("required").valueStream().forEach(name -> required.add(name.asString()));
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            JsonNode value = property.getValue();
            String name = prefix + property.getKey();
            boolean record = !value.path("properties").isEmpty();
            table.row(
                    name,
                    record ? "fields:" : type(value),
                    record ? "" : range(value),
                    preset(value, record, required.contains(property.getKey())),
                    value.path("description").asString(""));
            if (record) {
                rows(table, name + ".", value);
            }
        }
    }

    private static String preset(JsonNode schema, boolean record, boolean required) {
        JsonNode preset = schema.path("default");
        if (preset.isMissingNode()) {
            return required ? "required" : "none";
        }
        return record && preset.isEmpty() ? "" : plain(preset);
    }

    private static String type(JsonNode schema) {
        if (schema.has("enum")) {
            return "choice";
        }
        JsonNode type = schema.path("type");
        if (type.isArray()) {
            return type.valueStream().map(JsonNode::asString).collect(Collectors.joining(" or "));
        }
        String name = type.asString("any");
        return name.equals("array") ? "list of " + type(schema.path("items")) : name;
    }

    /** "2 to 8", "> 0", "at most 1", "a | b" or nothing. */
    static String range(JsonNode schema) {
        if (schema.has("enum")) {
            return schema.path("enum").valueStream().map(MethodHelp::plain).collect(Collectors.joining(" | "));
        }
        String pattern = schema.path("pattern").asString("");
        if (WORDS.matcher(pattern).matches()) {
            return pattern.replace("|", " | ");
        }
        String least = bound(schema, "minimum", "at least ", "exclusiveMinimum", "> ");
        String most = bound(schema, "maximum", "at most ", "exclusiveMaximum", "< ");
        if (schema.has("minimum") && schema.has("maximum")) {
            return plain(schema.path("minimum")) + " to " + plain(schema.path("maximum"));
        }
        return least.isEmpty() || most.isEmpty() ? least + most : least + ", " + most;
    }

    private static String bound(JsonNode schema, String closed, String closedWords, String open, String openWords) {
        if (schema.has(closed)) {
            return closedWords + plain(schema.path(closed));
        }
        return schema.has(open) ? openWords + plain(schema.path(open)) : "";
    }

    private static String plain(JsonNode value) {
        return value.isString() ? value.asString() : value.toString();
    }

    private static void examples(List<String> lines, MethodInfo method) {
        if (method.examples().isEmpty()) {
            return;
        }
        lines.add("");
        lines.add("Examples");
        String inputs = method.inputs().stream()
                .filter(PortInfo::required)
                .map(port -> " --input " + port.name() + "=<" + port.kind() + ">")
                .collect(Collectors.joining());
        for (MethodInfo.Example example : method.examples()) {
            lines.add("  # " + example.title());
            StringBuilder params = new StringBuilder();
            example.params().forEach((name, value) -> option(params, name, value));
            lines.add("  steelyard submit " + method.id() + inputs + params);
        }
    }

    /** Fields of a record are options of their own; a list of words or numbers needs no quotes. */
    private static void option(StringBuilder line, String name, JsonNode value) {
        if (value.isObject() && !value.isEmpty()) {
            value.properties().forEach(field -> option(line, name + "." + field.getKey(), field.getValue()));
            return;
        }
        boolean list =
                value.isArray() && !value.isEmpty() && value.valueStream().allMatch(JsonNode::isValueNode);
        line.append(" --param ")
                .append(name)
                .append('=')
                .append(
                        list
                                ? value.valueStream().map(MethodHelp::plain).collect(Collectors.joining(","))
                                : plain(value));
    }
}
