package dev.steelyard.method;

import dev.steelyard.schema.Expectation;
import dev.steelyard.schema.FieldAt;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ElementKind;
import jakarta.validation.MessageInterpolator;
import jakarta.validation.Path;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.lang.reflect.RecordComponent;
import java.util.Comparator;
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
        ParamsForm.complete(tree, parameters());
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
            FieldAt at = at(e);
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw MethodException.parameter(at.pointer(), at.name() + ": " + cause.getMessage());
        } catch (JacksonException e) {
            FieldAt at = at(e);
            throw ParamsForm.refused(tree.at(at.pointer()), at);
        }
    }

    private FieldAt parameters() {
        return FieldAt.root(schema);
    }

    private FieldAt at(JacksonException e) {
        FieldAt at = parameters();
        for (JacksonException.Reference step : e.getPath()) {
            String name = step.getPropertyName();
            at = name == null ? at.element(step.getIndex()) : at.field(name);
        }
        return at;
    }

    private static <P> ConstraintViolation<P> first(Set<ConstraintViolation<P>> violations) {
        return violations.stream()
                .min(Comparator.comparing(v -> v.getPropertyPath().toString() + v.getMessageTemplate()))
                .orElseThrow();
    }

    private MethodException violated(ConstraintViolation<P> violation, JsonNode tree) {
        FieldAt at = at(violation.getPropertyPath());
        JsonNode value = tree.at(at.pointer());
        String template = violation.getMessageTemplate();
        if (template.startsWith("{")) {
            return ParamsForm.refused(value, at);
        }
        return MethodException.parameter(value.isMissingNode() ? "" : at.pointer(), template);
    }

    private FieldAt at(Path path) {
        FieldAt at = parameters();
        for (Path.Node node : path) {
            if (node.getIndex() != null) {
                at = at.element(node.getIndex());
            }
            if (node.getKind() == ElementKind.PROPERTY) {
                at = at.field(node.getName());
            }
        }
        return at;
    }

    private void checkDefaults() {
        for (RecordComponent component : type.getRecordComponents()) {
            FieldAt field = parameters().field(component.getName());
            JsonNode standard = field.schema().path("default").deepCopy();
            if (standard.isMissingNode()) {
                continue;
            }
            try {
                ParamsForm.complete(standard, field);
                Object value = mapper.treeToValue(standard, mapper.constructType(component.getGenericType()));
                boolean inside =
                        !(value instanceof Record) || validator.validate(value).isEmpty();
                if (!inside
                        || !validator
                                .validateValue(type, component.getName(), value)
                                .isEmpty()) {
                    throw new IllegalArgumentException(outOfBounds(field));
                }
            } catch (JacksonException | MethodException e) {
                throw new IllegalArgumentException(outOfBounds(field), e);
            }
        }
    }

    private String outOfBounds(FieldAt field) {
        return type.getSimpleName() + "." + field.name() + ": the default is not " + Expectation.of(field.schema());
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
