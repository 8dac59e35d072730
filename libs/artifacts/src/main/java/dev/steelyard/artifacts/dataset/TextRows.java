package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.util.ArrayList;
import java.util.List;

/** Puts single texts together, up to a number of characters. */
final class TextRows {
    private static final long MAX_CHARACTERS = 1L << 31;

    private final List<String> texts = new ArrayList<>();
    private long characters;

    /** @param where the row, for messages: "row 17" */
    void add(String file, String where, String text) throws ArtifactException {
        characters += text.length();
        if (characters > MAX_CHARACTERS) {
            throw new ArtifactException(file, null, "%s: more than %d characters".formatted(where, MAX_CHARACTERS));
        }
        texts.add(text);
    }

    int count() {
        return texts.size();
    }

    List<String> texts() {
        return texts;
    }
}
