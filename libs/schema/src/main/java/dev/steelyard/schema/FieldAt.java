package dev.steelyard.schema;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A field of parameters by its JSON pointer, and what is wrong with it in words.
 *
 * @param pointer where it stands (RFC 6901), "" for the whole
 * @param schema of this field; missing where the schema knows no such field
 */
public record FieldAt(String pointer, JsonNode schema) {
    private static final int LONGEST_SHOWN = 60;

    /** The whole of parameters. */
    public static FieldAt root(JsonNode schema) {
        return new FieldAt("", schema);
    }

    /** What a pointer names, from here on: fields of objects and elements of lists. */
    public FieldAt at(String pointer) {
        FieldAt at = this;
        for (String step : pointer.isEmpty()
                ? List.<String>of()
                : List.of(pointer.substring(1).split("/", -1))) {
            at = at.schema.has("items") ? at.element(Integer.parseInt(step)) : at.field(unescape(step));
        }
        return at;
    }

    /** A field of this object. */
    public FieldAt field(String name) {
        return new FieldAt(
                pointer + "/" + name.replace("~", "~0").replace("/", "~1"),
                schema.path("properties").path(name));
    }

    /** An element of this list. */
    public FieldAt element(int index) {
        return new FieldAt(pointer + "/" + index, schema.path("items"));
    }

    /** Whether the schema says in a way that {@link Expectation} can tell what the field may be. */
    public boolean isKnown() {
        return schema.has("enum") || schema.has("const") || schema.path("type").isString();
    }

    /** As people write it: {@code layers.3.bits} for {@code /layers/3/bits}. */
    public String name() {
        return pointer.isEmpty() ? "parameters" : unescape(pointer.substring(1).replace('/', '.'));
    }

    /** "bits = 12: expected an integer from 2 to 8". */
    public String refuses(JsonNode value) {
        return name() + " = " + shown(value) + ": expected " + Expectation.of(schema);
    }

    /** "bits is missing: expected an integer from 2 to 8". */
    public String isMissing() {
        return name() + " is missing: expected " + Expectation.of(schema);
    }

    /**
     * "layers.beets: there is no such parameter; there are bits, group".
     *
     * @param object the field's parent
     */
    public String isUnknownIn(FieldAt object) {
        return name() + ": there is no such parameter; there are "
                + String.join(", ", object.schema.path("properties").propertyNames());
    }

    private static String shown(JsonNode value) {
        boolean infinite = value.isFloatingPointNumber() && Double.isInfinite(value.doubleValue());
        String text = infinite ? value.asString() : value.toString();
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
    }

    private static String unescape(String step) {
        return step.replace("~1", "/").replace("~0", "~");
    }
}
