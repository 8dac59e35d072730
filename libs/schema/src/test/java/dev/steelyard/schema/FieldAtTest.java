package dev.steelyard.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FieldAtTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final FieldAt PARAMETERS = FieldAt.root(JSON.readTree("""
            {"type": "object", "properties": {
              "a/b~c": {"type": "boolean"},
              "layers": {"type": "array", "minItems": 1, "maxItems": 9, "items": {"type": "object", "properties": {
                "bits": {"type": "integer", "minimum": 2, "maximum": 8},
                "rate": {"type": "number", "exclusiveMinimum": 0}}}},
              "either": {"anyOf": [{"type": "string"}, {"type": "null"}]}}}"""));

    @Test
    void fields_and_elements_are_named_as_people_write_them() {
        FieldAt bits = PARAMETERS.at("/layers/3/bits");

        assertThat(bits).isEqualTo(PARAMETERS.field("layers").element(3).field("bits"));
        assertThat(bits.name()).isEqualTo("layers.3.bits");
        assertThat(bits.refuses(JSON.readTree("12"))).isEqualTo("layers.3.bits = 12: expected an integer from 2 to 8");
        assertThat(bits.isMissing()).isEqualTo("layers.3.bits is missing: expected an integer from 2 to 8");
        assertThat(PARAMETERS.name()).isEqualTo("parameters");
    }

    @Test
    void pointers_are_escaped_and_read_back() {
        FieldAt odd = PARAMETERS.field("a/b~c");

        assertThat(odd.pointer()).isEqualTo("/a~1b~0c");
        assertThat(odd.name()).isEqualTo("a/b~c");
        assertThat(PARAMETERS.at(odd.pointer())).isEqualTo(odd);
    }

    @Test
    void unknown_fields_are_told_which_there_are() {
        FieldAt layer = PARAMETERS.field("layers").element(0);

        assertThat(layer.field("beets").isUnknownIn(layer))
                .isEqualTo("layers.0.beets: there is no such parameter; there are bits, rate");
    }

    @Test
    void long_values_are_cut() {
        JsonNode value = JSON.valueToTree("x".repeat(100));

        assertThat(PARAMETERS.field("a/b~c").refuses(value))
                .hasSizeLessThan(120)
                .endsWith("…: expected true or false");
    }

    @Test
    void what_no_words_are_for_is_said_to_be_so() {
        assertThat(PARAMETERS.field("layers").isKnown()).isTrue();
        assertThat(PARAMETERS.field("either").isKnown()).isFalse();
        assertThat(PARAMETERS.field("nowhere").isKnown()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\": \"integer\", \"minimum\": 2, \"maximum\": 8} | an integer from 2 to 8",
                "{\"type\": \"number\", \"exclusiveMinimum\": 0} | a number above 0",
                "{\"type\": \"number\", \"minimum\": 0.5} | a number of at least 0.5",
                "{\"type\": \"number\", \"exclusiveMinimum\": 0, \"maximum\": 1} | a number above 0 and at most 1",
                "{\"type\": \"array\", \"minItems\": 1} | a list of at least 1 element",
                "{\"type\": \"string\", \"minLength\": 1, \"maxLength\": 9} | text of 1 to 9 characters",
                "{\"type\": \"string\", \"enum\": [\"a\", \"b\"]} | one of a, b",
                "{\"anyOf\": []} | another value"
            })
    void expectations_are_whole_phrases(String schema, String words) {
        assertThat(Expectation.of(JSON.readTree(schema))).isEqualTo(words);
    }
}
