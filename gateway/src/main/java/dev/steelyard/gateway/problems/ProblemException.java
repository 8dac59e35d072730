package dev.steelyard.gateway.problems;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** Something the caller can mend; becomes a problem document with a stable code. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final HttpStatus status;
    private final String code;
    private final @Nullable String field;

    private ProblemException(HttpStatus status, String code, String detail, @Nullable String field) {
        super(detail);
        this.status = status;
        this.code = code;
        this.field = field;
    }

    /** 422: a field of the request, named by JSON pointer, is out of place. */
    public static ProblemException field(String pointer, String detail) {
        return new ProblemException(HttpStatus.UNPROCESSABLE_CONTENT, "invalid-field", detail, pointer);
    }

    /** 400: the request as a whole cannot be read. */
    public static ProblemException badRequest(String detail) {
        return new ProblemException(HttpStatus.BAD_REQUEST, "bad-request", detail, null);
    }

    /** 404. */
    public static ProblemException notFound(String detail) {
        return new ProblemException(HttpStatus.NOT_FOUND, "not-found", detail, null);
    }

    /** 409: the state of things does not allow it. */
    public static ProblemException conflict(String code, String detail) {
        return new ProblemException(HttpStatus.CONFLICT, code, detail, null);
    }

    /** 413. */
    public static ProblemException tooLarge(String detail) {
        return new ProblemException(HttpStatus.CONTENT_TOO_LARGE, "content-too-large", detail, null);
    }

    /** 403. */
    public static ProblemException forbidden(String detail) {
        return new ProblemException(HttpStatus.FORBIDDEN, "forbidden", detail, null);
    }

    public HttpStatus status() {
        return status;
    }

    public String code() {
        return code;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }

    public Optional<String> field() {
        return Optional.ofNullable(field);
    }
}
