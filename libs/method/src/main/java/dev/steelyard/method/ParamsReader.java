package dev.steelyard.method;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.ElementKind;
import jakarta.validation.MessageInterpolator;
import jakarta.validation.Path;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.lang.reflect.RecordComponent;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the parameters of one method from JSON: defaults filled in, every bound checked. Safe to use from several
 * threads.
 *
 * @param <P> the parameters record
 */
public final class ParamsReader<P extends Record> {
    private final Class<P> type;
    private final ObjectNode schema;
    private final JsonMapper mapper;
    private final Validator validator;

    private ParamsReader(Class<P> type, Validator validator) {
        this.type = type;
        this.schema = ParamsSchema.of(type);
        this.mapper = ParamsJson.mapper();
        this.validator = validator;
        checkDefaults();
    }

    /** A validator that a number of readers can share. */
    public static Validator validator() {
        return Validation.byDefaultProvider()
                .configure()
                .ignoreXmlConfiguration()
                .messageInterpolator(new AsWritten())
                .buildValidatorFactory()
                .getValidator();
    }

    /**
     * A reader for one record.
     *
     * @throws IllegalArgumentException when {@link ParamsSchema#of} refuses the record, or a default breaks a bound
     */
    public static <P extends Record> ParamsReader<P> of(Class<P> type, Validator validator) {
        return new ParamsReader<>(type, validator);
    }

    /** See {@link ParamsSchema}. */
    public ObjectNode schema() {
        return schema.deepCopy();
    }

    /**
     * Reads a JSON object.
     *
     * @throws MethodException when it is not one, or a field is unknown, missing, of another type or out of bounds;
     *     names the field, its value and what is allowed
     */
    public P read(String json) throws MethodException {
        JsonNode tree = parse(json);
        ParamsForm.complete(tree, schema, "");
        P params = bind(tree);
        Set<ConstraintViolation<P>> violations = validator.validate(params);
        if (!violations.isEmpty()) {
            throw violated(first(violations), tree);
        }
        return params;
    }

    private ObjectNode parse(String json) throws MethodException {
        try {
            if (mapper.readTree(json) instanceof ObjectNode object) {
                return object;
            }
            throw MethodException.parameter("", "parameters: expected a JSON object");
        } catch (JacksonException e) {
            throw MethodException.parameter("", "parameters are not JSON: " + e.getOriginalMessage());
        }
    }

    private P bind(JsonNode tree) throws MethodException {
        try {
            return mapper.treeToValue(tree, type);
        } catch (ValueInstantiationException e) {
            String at = pointer(e);
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw MethodException.parameter(at, ParamsForm.name(at) + ": " + cause.getMessage());
        } catch (JacksonException e) {
            String at = pointer(e);
            throw ParamsForm.refused(at, tree.at(at), schemaAt(at));
        }
    }

    private static String pointer(JacksonException e) {
        StringBuilder pointer = new StringBuilder();
        for (JacksonException.Reference step : e.getPath()) {
            String name = step.getPropertyName();
            pointer.append('/').append(name == null ? String.valueOf(step.getIndex()) : ParamsForm.escape(name));
        }
        return pointer.toString();
    }

    private JsonNode schemaAt(String pointer) {
        JsonNode at = schema;
        for (String step : pointer.isEmpty()
                ? List.<String>of()
                : List.of(pointer.substring(1).split("/", -1))) {
            String name = step.replace("~1", "/").replace("~0", "~");
            at = at.has("items") ? at.get("items") : at.path("properties").path(name);
        }
        return at;
    }

    private static <P> ConstraintViolation<P> first(Set<ConstraintViolation<P>> violations) {
        return violations.stream()
                .min(Comparator.comparing(v -> v.getPropertyPath().toString() + v.getMessageTemplate()))
                .orElseThrow();
    }

    private MethodException violated(ConstraintViolation<P> violation, JsonNode tree) {
        String at = pointer(violation.getPropertyPath());
        String template = violation.getMessageTemplate();
        if (template.startsWith("{")) {
            return ParamsForm.refused(at, tree.at(at), schemaAt(at));
        }
        String field = tree.at(at).isMissingNode() ? "" : at;
        return MethodException.parameter(field, template);
    }

    private static String pointer(Path path) {
        StringBuilder pointer = new StringBuilder();
        for (Path.Node node : path) {
            if (node.getIndex() != null) {
                pointer.append('/').append(node.getIndex());
            }
            if (node.getKind() == ElementKind.PROPERTY) {
                pointer.append('/').append(ParamsForm.escape(node.getName()));
            }
        }
        return pointer.toString();
    }

    private void checkDefaults() {
        for (RecordComponent component : type.getRecordComponents()) {
            JsonNode standard = schema.path("properties")
                    .path(component.getName())
                    .path("default")
                    .deepCopy();
            if (standard.isMissingNode()) {
                continue;
            }
            try {
                ParamsForm.complete(
                        standard, schema.path("properties").path(component.getName()), "/" + component.getName());
                Object value = mapper.treeToValue(standard, mapper.constructType(component.getGenericType()));
                boolean inside =
                        !(value instanceof Record) || validator.validate(value).isEmpty();
                if (!inside
                        || !validator
                                .validateValue(type, component.getName(), value)
                                .isEmpty()) {
                    throw new IllegalArgumentException(outOfBounds(component));
                }
            } catch (JacksonException | MethodException e) {
                throw new IllegalArgumentException(outOfBounds(component), e);
            }
        }
    }

    private String outOfBounds(RecordComponent component) {
        return type.getSimpleName() + "." + component.getName() + ": the default is not "
                + Expectation.of(schema.path("properties").path(component.getName()));
    }

    /** Messages are made here from the schema, so that none has to be looked up. */
    private record AsWritten() implements MessageInterpolator {
        @Override
        public String interpolate(String messageTemplate, Context context) {
            return messageTemplate;
        }

        @Override
        public String interpolate(String messageTemplate, Context context, Locale locale) {
            return messageTemplate;
        }
    }
}
