package dev.steelyard.gateway.problems;

import dev.steelyard.artifacts.ArtifactException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Turns what goes wrong into problem documents. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

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

    @ExceptionHandler({DataAccessResourceFailureException.class, CannotCreateTransactionException.class})
    ProblemDetail databaseAway(Exception e) {
        LOG.warn("database does not answer: {}", e.getMessage());
        return of(HttpStatus.SERVICE_UNAVAILABLE, "unavailable", "the database does not answer; try again");
    }

    @ExceptionHandler
    ProblemDetail internal(RuntimeException e) {
        LOG.error("request failed", e);
        return of(HttpStatus.INTERNAL_SERVER_ERROR, "internal", "an error of the gateway; its log says more");
    }

    private static ProblemDetail of(HttpStatus status, String code, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setType(URI.create("urn:steelyard:problem:" + code));
        problem.setTitle(status.getReasonPhrase());
        problem.setProperty("code", code);
        return problem;
    }
}
