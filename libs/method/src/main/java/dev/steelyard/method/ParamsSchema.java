package dev.steelyard.method;

import com.fasterxml.classmate.ResolvedType;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.generator.impl.module.EnumModule;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationModule;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationOption;
import jakarta.validation.Valid;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON Schema (2020-12) of a parameters record: types, enum constants in lower case, bounds from the Jakarta
 * constraints, descriptions and defaults from {@link Param}. A component without a default is required unless it is an
 * {@link Optional}; other fields are not allowed. Fields stand in the order of the record. What the default of a record
 * says of a field is that field's default in this place.
 */
public final class ParamsSchema {
    private ParamsSchema() {}

    /**
     * The schema of one record.
     *
     * @throws IllegalArgumentException naming the component that lacks {@link Param}, whose default is not JSON, or
     *     that holds a record without {@link Valid}, whose bounds would not be checked
     */
    public static ObjectNode of(Class<? extends Record> params) {
        JsonMapper mapper = ParamsJson.mapper();
        checkComponents(params, mapper);
        SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(
                        mapper, SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .with(Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT, Option.INLINE_ALL_SCHEMAS)
                .without(Option.FLATTENED_ENUMS, Option.FLATTENED_OPTIONALS)
                .with(new EnumModule(WireNames::of))
                .with(new JakartaValidationModule(JakartaValidationOption.INCLUDE_PATTERN_EXPRESSIONS));
        config.forTypesInGeneral().withPropertySorter((_, _) -> 0);
        config.forFields()
                .withTargetTypeOverridesResolver(ParamsSchema::insideOptional)
                .withNullableCheck(field -> false)
                .withDescriptionResolver(field -> param(field).map(Param::value).orElse(null))
                .withDefaultResolver(field -> param(field)
                        .filter(p -> !p.defaultValue().isEmpty())
                        .map(p -> mapper.readTree(p.defaultValue()))
                        .orElse(null))
                .withRequiredCheck(ParamsSchema::required);
        ObjectNode generated = new SchemaGenerator(config.build()).generateSchema(params);
        ObjectNode schema =
                (ObjectNode) mapper.readTree(mapper.writeValueAsString(generated)); // defaults become plain JSON
        spreadDefaults(schema);
        return schema;
    }

    /**
     * What a record's default says of a field is the field's default there, instead of the one that the record's own type
     * gives it: whoever sets one field of an optimizer has the method's choice in the others.
     */
    private static void spreadDefaults(JsonNode schema) {
        for (JsonNode property : schema.path("properties")) {
            property.path("default").properties().forEach(field -> {
                if (property.path("properties").get(field.getKey()) instanceof ObjectNode inside) {
                    inside.set("default", field.getValue().deepCopy());
                    waive((ObjectNode) property, field.getKey());
                }
            });
            spreadDefaults(property);
            spreadDefaults(property.path("items"));
        }
    }

    private static void waive(ObjectNode schema, String field) {
        if (schema.remove("required") instanceof ArrayNode required) {
            required.removeIf(name -> name.asString().equals(field));
            if (!required.isEmpty()) {
                schema.set("required", required);
            }
        }
    }

    private static Optional<Param> param(FieldScope field) {
        return field.isFakeContainerItemScope() ? Optional.empty() : Optional.ofNullable(annotation(field));
    }

    private static @Nullable Param annotation(FieldScope field) {
        return field.getAnnotation(Param.class);
    }

    private static boolean required(FieldScope field) {
        return param(field).filter(p -> !p.defaultValue().isEmpty()).isEmpty()
                && field.getRawMember().getType() != Optional.class;
    }

    private static @Nullable List<ResolvedType> insideOptional(FieldScope field) {
        ResolvedType type = field.getType();
        return type != null && type.getErasedType() == Optional.class
                ? List.of(field.getTypeParameterFor(Optional.class, 0))
                : null;
    }

    private static void checkComponents(Class<?> record, JsonMapper mapper) {
        for (RecordComponent component : record.getRecordComponents()) {
            String name = record.getSimpleName() + "." + component.getName();
            Param param = component.getAnnotation(Param.class);
            if (param == null) {
                throw new IllegalArgumentException(name + ": @Param is missing");
            }
            checkDefault(name, param, mapper);
            for (Class<?> nested : recordsIn(component.getGenericType())) {
                if (!isValidated(component)) {
                    throw new IllegalArgumentException(name + ": @Valid is missing");
                }
                checkComponents(nested, mapper);
            }
        }
    }

    private static void checkDefault(String name, Param param, JsonMapper mapper) {
        try {
            if (!param.defaultValue().isEmpty()) {
                JsonNode parsed = mapper.readTree(param.defaultValue());
                if (parsed.isNull()) {
                    throw new IllegalArgumentException(name + ": null is no default; use Optional");
                }
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException(name + ": default is not JSON: " + param.defaultValue(), e);
        }
    }

    private static boolean isValidated(RecordComponent component) {
        Stream<AnnotatedType> arguments = component.getAnnotatedType() instanceof AnnotatedParameterizedType generic
                ? Arrays.stream(generic.getAnnotatedActualTypeArguments())
                : Stream.of();
        return component.getAnnotatedType().isAnnotationPresent(Valid.class)
                || arguments.anyMatch(argument -> argument.isAnnotationPresent(Valid.class));
    }

    private static Iterable<Class<?>> recordsIn(Type type) {
        Stream<Type> types = type instanceof ParameterizedType generic
                ? Arrays.stream(generic.getActualTypeArguments())
                : Stream.of(type);
        return types.<Class<?>>mapMulti((each, sink) -> {
                    if (each instanceof Class<?> c && c.isRecord()) {
                        sink.accept(c);
                    }
                })
                .toList();
    }
}
