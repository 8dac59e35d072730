package dev.steelyard.gateway.problems;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.springframework.http.converter.HttpMessageNotReadableException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Says what is wrong with a request's body that does not have the form it should, by the field at fault. */
final class UnreadableBody {
    private UnreadableBody() {}

    static ProblemException problem(HttpMessageNotReadableException e) {
        return switch (e.getCause()) {
            case UnrecognizedPropertyException unknown -> unknown(unknown);
            case MismatchedInputException mismatch when !mismatch.getPath().isEmpty() -> mismatch(mismatch);
            case DatabindException _ -> ProblemException.badRequest("the request's body is not a JSON object");
            case StreamReadException syntax ->
                ProblemException.badRequest("the request's body is not JSON" + at(syntax.getLocation()));
            case null, default -> ProblemException.badRequest("the request has no body that can be read");
        };
    }

    private static ProblemException unknown(UnrecognizedPropertyException e) {
        Collection<Object> known = Optional.ofNullable(e.getKnownPropertyIds()).orElse(List.of());
        TreeSet<String> names = new TreeSet<>();
        known.forEach(name -> names.add(String.valueOf(name)));
        return ProblemException.field(
                pointer(e), e.getPropertyName() + ": there is no such field; there are " + String.join(", ", names));
    }

    private static ProblemException mismatch(MismatchedInputException e) {
        String given = e instanceof InvalidFormatException format ? " = " + format.getValue() : "";
        return ProblemException.field(
                pointer(e), name(e.getPath().getLast()) + given + ": expected " + expected(e.getTargetType()));
    }

    private static String expected(Class<?> type) {
        if (type == Duration.class) {
            return "an ISO 8601 duration, such as PT30M or PT24H";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (type == Integer.class || type == Long.class || type == int.class || type == long.class) {
            return "an integer of " + (type == Integer.class || type == int.class ? 32 : 64) + " bits";
        }
        if (type == String.class) {
            return "a text";
        }
        if (type == UUID.class) {
            return "a UUID";
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "a list";
        }
        return Map.class.isAssignableFrom(type) || JsonNode.class.isAssignableFrom(type) || type.isRecord()
                ? "an object"
                : "another type of value";
    }

    private static String pointer(JacksonException e) {
        StringBuilder pointer = new StringBuilder();
        e.getPath()
                .forEach(step ->
                        pointer.append('/').append(name(step).replace("~", "~0").replace("/", "~1")));
        return pointer.toString();
    }

    private static String name(JacksonException.Reference step) {
        return step.getPropertyName() == null ? String.valueOf(step.getIndex()) : step.getPropertyName();
    }

    private static String at(TokenStreamLocation place) {
        return place == null ? "" : ": line " + place.getLineNr() + ", column " + place.getColumnNr();
    }
}
