package dev.steelyard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AssignmentsTest {

    @Test
    void only_the_first_equals_sign_parts() {
        assertThat(Assignments.parse("--label", List.of("run=a=b", "empty=")))
                .containsExactly(Map.entry("run", "a=b"), Map.entry("empty", ""));
    }

    @Test
    void a_word_without_a_name_is_refused_with_its_option() {
        assertThatThrownBy(() -> Assignments.parse("--param", List.of("=4")))
                .hasMessage("--param '=4': expected <name>=<value>");
        assertThatThrownBy(() -> Assignments.parse("--param", List.of("bits"))).hasMessageContaining("'bits'");
    }

    @Test
    void text_stays_text_where_the_schema_says_so() {
        assertThat(Assignments.value("4", schema("{\"type\":\"string\"}"))).isEqualTo("4");
        assertThat(Assignments.value("4", schema("{\"type\":\"integer\"}"))).hasToString("4");
        assertThat(Assignments.value("4", schema("{\"type\":\"integer\"}"))).isInstanceOf(JsonNode.class);
        assertThat(Assignments.value("true", schema("{\"type\":\"boolean\"}"))).hasToString("true");
    }

    @Test
    void a_list_may_be_written_with_commas_or_as_json() {
        JsonNode strings = schema("{\"type\":\"array\",\"items\":{\"type\":\"string\"}}");

        assertThat(Assignments.value("a, b", strings)).isEqualTo(List.of("a", "b"));
        assertThat(Assignments.value("[\"a\",\"b\"]", strings)).hasToString("[\"a\",\"b\"]");
    }

    @Test
    void what_is_no_json_is_left_for_the_gateway_to_name() {
        assertThat(Assignments.value("four", schema("{\"type\":\"integer\"}"))).isEqualTo("four");
    }

    @Test
    void dots_reach_the_fields_of_records() {
        JsonNode schema = schema("""
                {"type": "object", "properties": {
                  "rate": {"type": "number"},
                  "optimizer": {"type": "object", "properties": {
                    "name": {"type": "string"}, "beta1": {"type": "number"},
                    "noDecay": {"type": "array", "items": {"type": "string"}},
                    "decay": {"type": "object", "properties": {"shape": {"type": "string"}}}}},
                  "overrides": {"type": "object", "additionalProperties": {"type": "integer"}}}}
                """);

        assertThat(JsonMapper.shared()
                        .writeValueAsString(Assignments.params(
                                Assignments.parse(
                                        "--param",
                                        List.of(
                                                "rate=0.1",
                                                "optimizer.name=1",
                                                "optimizer={\"beta1\": 0.5}",
                                                "optimizer.beta1=0.8",
                                                "optimizer.noDecay=*.bias,*.norm.*",
                                                "optimizer.decay.shape=cosine",
                                                "overrides.model.layers.0=4",
                                                "unknown.name=x")),
                                schema)))
                .isEqualTo(
                        "{\"rate\":0.1,\"optimizer\":{\"beta1\":0.8,\"noDecay\":[\"*.bias\",\"*.norm.*\"],"
                                + "\"decay\":{\"shape\":\"cosine\"}},\"overrides\":{\"model.layers.0\":4},\"unknown.name\":\"x\"}");
        assertThatThrownBy(() -> Assignments.params(
                        Assignments.parse("--param", List.of("optimizer=adamp", "optimizer.beta1=0.8")), schema))
                .hasMessage("--param 'optimizer.beta1': optimizer has another value already");
    }

    private static JsonNode schema(String json) {
        return JsonMapper.shared().readTree(json);
    }
}
