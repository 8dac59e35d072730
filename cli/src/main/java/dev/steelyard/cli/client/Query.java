package dev.steelyard.cli.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The query of a URL; what is empty is left out. */
final class Query {
    private final List<String> parts = new ArrayList<>();

    Query with(String name, String value) {
        if (!value.isEmpty()) {
            parts.add(encode(name) + "=" + encode(value));
        }
        return this;
    }

    Query with(String name, int value) {
        return with(name, value > 0 ? Integer.toString(value) : "");
    }

    /** The path with the query. */
    String of(String path) {
        return parts.isEmpty() ? path : path + "?" + String.join("&", parts);
    }

    /** One segment of a path. */
    static String segment(String text) {
        return encode(text).replace("+", "%20");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
