package dev.steelyard.gateway.jobs;

import dev.steelyard.gateway.problems.ProblemException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How far a follower has read; the id of each event it gets.
 *
 * @param log id of the last log line
 * @param metric id of the last metric point
 */
record StreamPosition(long log, long metric) {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,18})\\.(\\d{1,18})");

    /** From the beginning when there is no id. */
    static StreamPosition parse(@Nullable String lastEventId) {
        if (lastEventId == null || lastEventId.isBlank()) {
            return new StreamPosition(0, 0);
        }
        Matcher text = TEXT.matcher(lastEventId);
        if (!text.matches()) {
            throw ProblemException.badRequest("Last-Event-ID '" + lastEventId + "' is not one of this stream");
        }
        return new StreamPosition(Long.parseLong(text.group(1)), Long.parseLong(text.group(2)));
    }

    String text() {
        return log + "." + metric;
    }
}
