package dev.steelyard.method;

import java.util.Locale;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;

/** Constants of enums travel in lower case: {@code PER_GROUP} is "per_group" in JSON and in the schema alike. */
final class WireNames extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String[] findEnumValues(
            MapperConfig<?> config, AnnotatedClass annotatedClass, Enum<?>[] enumValues, String[] names) {
        for (int i = 0; i < enumValues.length; i++) {
            names[i] = of(enumValues[i]);
        }
        return names;
    }
}
