package dev.steelyard.cli.render;

import dev.steelyard.cli.client.MethodInfo;
import dev.steelyard.cli.client.MethodInfo.PortInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Help for one method, made from its schema. */
public final class MethodHelp {
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
        Set<String> required = new HashSet<>();
        schema.path("required").valueStream().forEach(name -> required.add(name.asString()));
        Set<Map.Entry<String, JsonNode>> properties = schema.path("properties").properties();
        if (properties.isEmpty()) {
            return;
        }
        lines.add("");
        lines.add("Parameters  (--param <name>=<value>)");
        Table table = new Table("NAME", "TYPE", "RANGE", "DEFAULT", "");
        for (Map.Entry<String, JsonNode> property : properties) {
            JsonNode value = property.getValue();
            JsonNode preset = value.path("default");
            String shown =
                    preset.isMissingNode() ? required.contains(property.getKey()) ? "required" : "none" : plain(preset);
            table.row(
                    property.getKey(),
                    type(value),
                    range(value),
                    shown,
                    value.path("description").asString(""));
        }
        table.lines().forEach(line -> lines.add("  " + line));
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
            String params = example.params().entrySet().stream()
                    .map(param -> " --param " + param.getKey() + "=" + plain(param.getValue()))
                    .collect(Collectors.joining());
            lines.add("  steelyard submit " + method.id() + inputs + params);
        }
    }
}
