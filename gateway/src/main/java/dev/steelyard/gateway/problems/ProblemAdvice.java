package dev.steelyard.gateway.problems;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.store.FullDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.catalina.connector.ClientAbortException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Turns what goes wrong into problem documents. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);
    private static final Map<HttpStatus, String> SHORTER = Map.of(
            HttpStatus.INTERNAL_SERVER_ERROR, "internal",
            HttpStatus.SERVICE_UNAVAILABLE, "unavailable");

    @ExceptionHandler
    ProblemDetail problem(ProblemException e) {
        ProblemDetail problem = of(e.status(), e.code(), e.detail());
        e.field().ifPresent(field -> problem.setProperty("field", field));
        return problem;
    }

    @ExceptionHandler
    ProblemDetail refusedContent(ArtifactException e) {
        ProblemDetail problem = of(HttpStatus.UNPROCESSABLE_CONTENT, "bad-content", String.valueOf(e.getMessage()));
        e.file().ifPresent(file -> problem.setProperty("file", file));
        e.tensor().ifPresent(tensor -> problem.setProperty("tensor", tensor));
        return problem;
    }

    @ExceptionHandler
    ProblemDetail missing(NoSuchFileException e) {
        return of(HttpStatus.NOT_FOUND, "not-found", e.getFile() + ": " + e.getReason());
    }

    @ExceptionHandler
    ProblemDetail brokenOff(ClientAbortException e) {
        LOG.debug("a caller has gone", e);
        return of(HttpStatus.BAD_REQUEST, "bad-request", "the connection broke off");
    }

    @ExceptionHandler({IOException.class, UncheckedIOException.class})
    ProblemDetail files(Exception e) {
        if (FullDisk.causes(e)) {
            return diskFull(e);
        }
        LOG.error("request failed", e);
        return of(HttpStatus.INTERNAL_SERVER_ERROR, "io", "the gateway could not read or write; its log says more");
    }

    @ExceptionHandler({DataAccessResourceFailureException.class, CannotCreateTransactionException.class})
    ProblemDetail databaseAway(Exception e) {
        if (FullDisk.causes(e)) {
            return diskFull(e);
        }
        LOG.warn("database does not answer: {}", e.getMessage());
        return of(HttpStatus.SERVICE_UNAVAILABLE, "unavailable", "the database does not answer; try again");
    }

    @ExceptionHandler
    ProblemDetail internal(RuntimeException e) {
        LOG.error("request failed", e);
        return of(HttpStatus.INTERNAL_SERVER_ERROR, "internal", "an error of the gateway; its log says more");
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return answer(refusalWithin(e).orElseGet(() -> UnreadableBody.problem(e)));
    }

    /** What was refused while the body was read, which the parser wraps. */
    private static Optional<ProblemException> refusalWithin(Throwable e) {
        return Stream.iterate(e, cause -> cause != null, Throwable::getCause)
                .filter(ProblemException.class::isInstance)
                .map(ProblemException.class::cast)
                .findFirst();
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        String name = e instanceof MethodArgumentTypeMismatchException argument
                ? argument.getName()
                : String.valueOf(e.getPropertyName());
        return answer(ProblemException.field("/" + name, name + " = " + e.getValue() + " cannot be read"));
    }

    /** What the framework refuses has a code too. */
    @Override
    protected ResponseEntity<Object> createResponseEntity(
            @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (body instanceof ProblemDetail problem) {
            name(problem, code(HttpStatus.valueOf(status.value())));
        }
        return super.createResponseEntity(body, headers, status, request);
    }

    private ResponseEntity<Object> answer(ProblemException e) {
        return ResponseEntity.status(e.status()).body(problem(e));
    }

    private static String code(HttpStatus status) {
        return SHORTER.getOrDefault(
                status, status.getReasonPhrase().toLowerCase(Locale.ROOT).replace(' ', '-'));
    }

    private static ProblemDetail diskFull(Exception e) {
        LOG.error("no room on the disk: {}", e.toString());
        return of(HttpStatus.INSUFFICIENT_STORAGE, "disk-full", "the gateway's disk is full; make room and try again");
    }

    private static ProblemDetail of(HttpStatus status, String code, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setTitle(status.getReasonPhrase());
        name(problem, code);
        return problem;
    }

    private static void name(ProblemDetail problem, String code) {
        problem.setType(URI.create("urn:steelyard:problem:" + code));
        problem.setProperty("code", code);
    }
}
