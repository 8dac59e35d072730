package dev.steelyard.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.cli.client.MethodInfo;
import dev.steelyard.cli.client.MethodInfo.Example;
import dev.steelyard.cli.client.MethodInfo.Paper;
import dev.steelyard.cli.client.MethodInfo.PortInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MethodHelpTest {
    private static final String SCHEMA = """
            {"type": "object", "required": ["target"], "properties": {
              "bits": {"type": "integer", "minimum": 2, "maximum": 8, "default": 4, "description": "width of a code"},
              "rate": {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 0.5},
              "rounding": {"enum": ["nearest", "stochastic"], "default": "nearest", "description": "how to round"},
              "target": {"type": "string", "description": "what to aim at"},
              "layers": {"type": "array", "items": {"type": "string"}},
              "limit": {"type": ["integer", "null"], "minimum": 1}
            }}
            """;

    @Test
    void every_parameter_comes_with_type_range_and_default() {
        List<String> lines = MethodHelp.lines(method(SCHEMA));

        assertThat(lines)
                .anySatisfy(line ->
                        assertThat(columns(line)).containsExactly("bits", "integer", "2 to 8", "4", "width of a code"));
        assertThat(lines)
                .anySatisfy(
                        line -> assertThat(columns(line)).containsExactly("rate", "number", "> 0, at most 1", "0.5"));
        assertThat(lines)
                .anySatisfy(line -> assertThat(columns(line))
                        .containsExactly("rounding", "choice", "nearest | stochastic", "nearest", "how to round"));
        assertThat(lines)
                .anySatisfy(line ->
                        assertThat(columns(line)).containsExactly("target", "string", "required", "what to aim at"));
        assertThat(lines)
                .anySatisfy(line -> assertThat(columns(line)).containsExactly("layers", "list of string", "none"));
        assertThat(lines)
                .anySatisfy(line ->
                        assertThat(columns(line)).containsExactly("limit", "integer or null", "at least 1", "none"));
    }

    @Test
    void ports_paper_and_a_line_to_copy_are_shown() {
        List<String> lines = MethodHelp.lines(method(SCHEMA));

        assertThat(lines)
                .contains(
                        "quantizer/finequant 1  Rounds weights.",
                        "Paper: Fine (arXiv:2308.09723)",
                        "  steelyard submit quantizer/finequant --input model=<model> --param bits=3");
        assertThat(lines)
                .anySatisfy(line ->
                        assertThat(columns(line)).containsExactly("samples", "dataset", "optional", "to measure with"));
    }

    @Test
    void fields_of_a_record_have_rows_and_options_of_their_own() {
        String schema = """
                {"type": "object", "properties": {
                  "optimizer": {"type": "object", "default": {}, "description": "how weights move", "properties": {
                    "name": {"type": "string", "pattern": "adamw|sgd", "default": "adamw", "description": "the rule"},
                    "noDecay": {"type": "array", "items": {"type": "string"}, "default": []}}}}}
                """;
        JsonNode value = JsonMapper.shared().readTree("{\"name\": \"sgd\", \"noDecay\": [\"a\", \"b\"]}");
        List<String> lines = MethodHelp.lines(method(schema, Map.of("optimizer", value)));

        assertThat(lines)
                .anySatisfy(
                        line -> assertThat(columns(line)).containsExactly("optimizer", "fields:", "how weights move"))
                .anySatisfy(line -> assertThat(columns(line))
                        .containsExactly("optimizer.name", "string", "adamw | sgd", "adamw", "the rule"))
                .anySatisfy(
                        line -> assertThat(columns(line)).containsExactly("optimizer.noDecay", "list of string", "[]"))
                .contains("  steelyard submit quantizer/finequant --input model=<model> --param optimizer.name=sgd "
                        + "--param optimizer.noDecay=a,b");
    }

    @Test
    void a_method_without_parameters_shows_no_table_of_them() {
        assertThat(MethodHelp.lines(method("{\"type\": \"object\"}"))).noneMatch(line -> line.startsWith("Parameters"));
    }

    private static List<String> columns(String line) {
        return List.of(line.strip().split(" {2,}"));
    }

    private static MethodInfo method(String schema) {
        return method(schema, Map.of("bits", JsonMapper.shared().readTree("3")));
    }

    private static MethodInfo method(String schema, Map<String, JsonNode> example) {
        return new MethodInfo(
                "quantizer/finequant",
                "quantizer",
                "finequant",
                "1",
                "Rounds weights.",
                "",
                Optional.of(new Paper("Fine", "arXiv:2308.09723")),
                false,
                List.of(
                        new PortInfo("model", "model", true, "to quantize"),
                        new PortInfo("samples", "dataset", false, "to measure with")),
                List.of(new PortInfo("model", "model", true, "quantized")),
                JsonMapper.shared().readTree(schema),
                List.of(new Example("three bits", example)),
                Optional.empty());
    }
}
