package dev.steelyard.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class ParamsTest {
    enum Granularity {
        PER_TENSOR,
        PER_GROUP
    }

    record Layer(
            @Param("Layer name") @Pattern(regexp = "[a-z.]+")
            String name,

            @Param(value = "Bits", defaultValue = "4") @Min(2) @Max(8)
            int bits) {}

    record Params(
            @Param(value = "Bits per weight", defaultValue = "4") @Min(2) @Max(8)
            int bits,

            @Param("Learning rate") @Positive @DecimalMax("1.5")
            double rate,

            @Param(value = "Scope of one scale", defaultValue = "\"per_group\"")
            Granularity granularity,

            @Param(value = "Symmetric or not", defaultValue = "true")
            boolean symmetric,

            @Param("Label") Optional<String> label,

            @Param(value = "Single layers", defaultValue = "[]") @Size(max = 3)
            List<@Valid Layer> layers) {

        @AssertTrue(message = "8 bits need per_tensor")
        boolean isConsistent() {
            return bits < 8 || granularity == Granularity.PER_TENSOR;
        }
    }

    private final ParamsReader<Params> reader = ParamsReader.of(Params.class, ParamsReader.validator());

    @Test
    void schema_carries_types_bounds_defaults_and_descriptions() {
        assertThat(reader.schema()).isEqualTo(JsonMapper.shared().readTree("""
                        {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
                         "properties": {
                           "bits": {"type": "integer", "description": "Bits per weight", "default": 4,
                                    "minimum": 2, "maximum": 8},
                           "rate": {"type": "number", "description": "Learning rate",
                                    "exclusiveMinimum": 0, "maximum": 1.5},
                           "granularity": {"type": "string", "enum": ["per_tensor", "per_group"],
                                    "description": "Scope of one scale", "default": "per_group"},
                           "symmetric": {"type": "boolean", "description": "Symmetric or not", "default": true},
                           "label": {"type": "string", "description": "Label"},
                           "layers": {"type": "array", "description": "Single layers", "default": [], "maxItems": 3,
                             "items": {"type": "object",
                               "properties": {
                                 "name": {"type": "string", "description": "Layer name", "pattern": "[a-z.]+"},
                                 "bits": {"type": "integer", "description": "Bits", "default": 4,
                                          "minimum": 2, "maximum": 8}},
                               "required": ["name"], "additionalProperties": false}}},
                         "required": ["rate"], "additionalProperties": false}
                        """));
    }

    @Test
    void fields_of_the_schema_stand_in_the_order_of_the_record() {
        assertThat(reader.schema().get("properties").propertyNames())
                .containsExactly("bits", "rate", "granularity", "symmetric", "label", "layers");
    }

    @Test
    void what_is_left_out_takes_its_default() throws MethodException {
        assertThat(reader.read("{\"rate\": 0.5, \"layers\": [{\"name\": \"a.b\"}]}"))
                .isEqualTo(new Params(
                        4, 0.5, Granularity.PER_GROUP, true, Optional.empty(), List.of(new Layer("a.b", 4))));
    }

    @Test
    void a_whole_number_may_be_written_with_a_fraction_of_zero() throws MethodException {
        assertThat(reader.read("{\"rate\": 1, \"bits\": 3.0}").bits()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"rate": 1, "bits": 12}            | /bits          | bits = 12: expected an integer from 2 to 8
            {"rate": 0}                        | /rate          | rate = 0: expected a number above 0 and at most 1.5
            {"rate": 1e999}                    | /rate          | rate = Infinity: expected a number above 0 and at most 1.5
            {"rate": "1"}                      | /rate          | rate = "1": expected a number above 0 and at most 1.5
            {"rate": null}                     | /rate          | rate = null: expected a number above 0 and at most 1.5
            {}                                 | /rate          | rate is missing: expected a number above 0 and at most 1.5
            {"rate": 1, "bits": 3.5}           | /bits          | bits = 3.5: expected an integer from 2 to 8
            {"rate": 1, "bits": 3000000000}    | /bits          | bits = 3000000000: expected an integer from 2 to 8
            {"rate": 1, "granularity": "row"}  | /granularity   | granularity = "row": expected one of per_tensor, per_group
            {"rate": 1, "granularity": 0}      | /granularity   | granularity = 0: expected one of per_tensor, per_group
            {"rate": 1, "symmetric": "true"}   | /symmetric     | symmetric = "true": expected true or false
            {"rate": 1, "bit": 3}              | /bit           | bit: there is no such parameter; there are bits, rate, granularity, symmetric, label, layers
            {"rate": 1, "layers": [{"name": "A"}]} | /layers/0/name | layers.0.name = "A": expected text matching [a-z.]+
            {"rate": 1, "layers": [{"name": "a", "bits": 9}]} | /layers/0/bits | layers.0.bits = 9: expected an integer from 2 to 8
            {"rate": 1, "layers": [{"name": "a", "x/y": 9}]} | /layers/0/x~1y | layers.0.x/y: there is no such parameter; there are name, bits
            {"rate": 1, "layers": [{"bits": 3}]} | /layers/0/name | layers.0.name is missing: expected text matching [a-z.]+
            {"rate": 1, "layers": 3}           | /layers        | layers = 3: expected a list of at most 3 elements
            {"rate": 1, "bits": 8}             | ''             | 8 bits need per_tensor
            [1]                                | ''             | parameters: expected a JSON object
            """)
    void refusal_names_field_value_and_what_is_allowed(String json, String field, String detail) {
        MethodException refused = catchThrowableOfType(MethodException.class, () -> reader.read(json));
        assertThat(refused).hasMessage(detail);
        assertThat(refused.field()).contains(field);
        assertThat(refused.code()).isEqualTo("invalid-parameter");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"rate": 1, "rate": 2}
            {"rate": 1} x
            {"rate":
            """)
    void text_that_is_not_one_json_object_is_refused(String json) {
        assertThatThrownBy(() -> reader.read(json))
                .isInstanceOf(MethodException.class)
                .hasMessageStartingWith("parameters are not JSON: ");
    }

    record Undocumented(int bits) {}

    record Unchecked(@Param("One layer") Layer layer) {}

    record OutOfBounds(
            @Param(value = "Bits", defaultValue = "9") @Max(8)
            int bits) {}

    @Test
    void records_that_would_mislead_users_are_refused() {
        assertThatThrownBy(() -> ParamsSchema.of(Undocumented.class))
                .hasMessage("Undocumented.bits: @Param is missing");
        assertThatThrownBy(() -> ParamsSchema.of(Unchecked.class)).hasMessage("Unchecked.layer: @Valid is missing");
        assertThatThrownBy(() -> ParamsReader.of(OutOfBounds.class, ParamsReader.validator()))
                .hasMessage("OutOfBounds.bits: the default is not an integer of at most 8");
    }

    record Rule(
            @Param(value = "Rate", defaultValue = "0.5") @Max(1)
            double rate) {}

    record Nested(
            @Param(value = "Rule", defaultValue = "{}") @Valid
            Rule rule) {}

    record NestedOutOfBounds(
            @Param(value = "Rule", defaultValue = "{\"rate\": 2}") @Valid
            Rule rule) {}

    @Test
    void record_in_a_record_has_defaults_of_its_own() throws MethodException {
        var nested = ParamsReader.of(Nested.class, ParamsReader.validator());

        assertThat(nested.read("{}").rule().rate()).isEqualTo(0.5);
        assertThat(nested.read("{\"rule\": {\"rate\": 1}}").rule().rate()).isEqualTo(1);
        assertThatThrownBy(() -> nested.read("{\"rule\": {\"rate\": 2}}"))
                .isInstanceOfSatisfying(
                        MethodException.class, e -> assertThat(e.field()).contains("/rule/rate"));
        assertThatThrownBy(() -> nested.read("{\"rule\": {\"pace\": 1}}")).hasMessageContaining("rule.pace");
    }

    record Decay(
            @Param(value = "Shape", defaultValue = "\"constant\"")
            String shape,

            @Param("Steps") @Min(1) int steps) {}

    record Optimizer(
            @Param(value = "Rule", defaultValue = "\"adamw\"")
            String name,

            @Param(value = "Momentum", defaultValue = "0.9") @Max(1)
            double momentum,

            @Param(value = "Decay", defaultValue = "{\"steps\": 5}") @Valid
            Decay decay) {}

    record Training(
            @Param(
                    value = "Optimizer",
                    defaultValue = "{\"name\": \"sgd\", \"decay\": {\"shape\": \"linear\", \"steps\": 7}}")
            @Valid
            Optimizer optimizer) {}

    @Test
    void what_is_left_out_of_a_record_is_as_the_parameters_default_has_it() throws MethodException {
        var training = ParamsReader.of(Training.class, ParamsReader.validator());

        assertThat(training.read("{}").optimizer()).isEqualTo(new Optimizer("sgd", 0.9, new Decay("linear", 7)));
        assertThat(training.read("{\"optimizer\": {\"momentum\": 0.5}}").optimizer())
                .isEqualTo(new Optimizer("sgd", 0.5, new Decay("linear", 7)));
        assertThat(training.read("{\"optimizer\": {\"name\": \"adam\", \"decay\": {\"shape\": \"cosine\"}}}")
                        .optimizer())
                .isEqualTo(new Optimizer("adam", 0.9, new Decay("cosine", 7)));
        assertThat(training.schema()
                        .at("/properties/optimizer/properties/name/default")
                        .stringValue())
                .as("in the schema, so that all who fill in defaults do the same")
                .isEqualTo("sgd");
        assertThat(training.schema()
                        .at("/properties/optimizer/properties/decay")
                        .has("required"))
                .isFalse();
    }

    @Test
    void default_of_a_record_in_a_record_must_be_within_its_bounds() {
        assertThatThrownBy(() -> ParamsReader.of(NestedOutOfBounds.class, ParamsReader.validator()))
                .hasMessageContaining("NestedOutOfBounds.rule");
    }
}
