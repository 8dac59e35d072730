package dev.steelyard.gateway.paging;

import dev.steelyard.gateway.problems.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a page of a list, newest first, has ended. What comes in between two pages disturbs neither.
 *
 * @param createdAt of the page's last entry
 * @param id of the page's last entry
 */
public record Cursor(Instant createdAt, String id) {
    private static final int MAX_PAGE = 500;

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws ProblemException when it is something else
     */
    public static Optional<Cursor> parse(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split(" ", 2);
            return Optional.of(new Cursor(Instant.parse(parts[0]), parts[1]));
        } catch (RuntimeException e) {
            throw ProblemException.field("/cursor", "is not a cursor of this API");
        }
    }

    /**
     * The number of entries asked for.
     *
     * @throws ProblemException when it is not 1 to 500
     */
    public static int limit(int asked) {
        if (asked < 1 || asked > MAX_PAGE) {
            throw ProblemException.field("/limit", "must be 1 to " + MAX_PAGE);
        }
        return asked;
    }

    /** One opaque word, fit for a URL. */
    public String text() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((createdAt + " " + id).getBytes(StandardCharsets.UTF_8));
    }
}
