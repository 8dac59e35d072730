package dev.steelyard.method;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Documents one component of a parameters record; bounds are Jakarta validation constraints beside it. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER})
public @interface Param {
    /** What it does, with its unit; one or two sentences. */
    String value();

    /** Default as a JSON value: {@code "4"}, {@code "true"}, {@code "\"int4\""}; empty: the parameter is required. */
    String defaultValue() default "";
}
