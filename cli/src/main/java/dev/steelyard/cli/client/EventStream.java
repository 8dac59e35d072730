package dev.steelyard.cli.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Server-sent events of one job (WHATWG HTML, section 9.2). */
final class EventStream implements AutoCloseable {
    private final BufferedReader reader;
    private String lastId = "";

    EventStream(InputStream body) {
        reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }

    /** Id of the last event given to the listener, whole; empty before the first. */
    String lastId() {
        return lastId;
    }

    /** Reads to the end of the stream. */
    void forEach(Consumer<JobEvent> listener) throws IOException {
        String name = "";
        String id = lastId;
        StringBuilder data = new StringBuilder();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.isEmpty()) {
                parse(name, data.toString()).ifPresent(listener);
                lastId = id;
                name = "";
                data.setLength(0);
            } else if (line.startsWith("event:")) {
                name = value(line);
            } else if (line.startsWith("id:")) {
                id = value(line);
            } else if (line.startsWith("data:")) {
                data.append(data.isEmpty() ? "" : "\n").append(value(line));
            }
        }
    }

    private static String value(String line) {
        String value = line.substring(line.indexOf(':') + 1);
        return value.startsWith(" ") ? value.substring(1) : value;
    }

    /** An event of a kind or shape not known here is passed over. */
    static Optional<JobEvent> parse(String name, String data) {
        try {
            JsonNode json = Http.JSON.readTree(data);
            return Optional.ofNullable(event(name, json));
        } catch (JacksonException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static @Nullable JobEvent event(String name, JsonNode json) {
        return switch (name) {
            case "state" ->
                new JobEvent.StateChanged(
                        Job.State.valueOf(json.path("state").asString("").toUpperCase(Locale.ROOT)));
            case "progress" ->
                new JobEvent.Progressed(
                        json.path("fraction").asDouble(-1), json.path("message").asString(""));
            case "metric" ->
                new JobEvent.Measured(
                        json.path("name").asString(""),
                        json.path("step").asLong(0),
                        json.path("value").asDouble(0));
            case "log" ->
                new JobEvent.Logged(
                        json.path("level").asString("INFO"),
                        json.path("message").asString(""));
            default -> null;
        };
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
