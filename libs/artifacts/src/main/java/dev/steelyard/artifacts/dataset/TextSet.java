package dev.steelyard.artifacts.dataset;

import java.util.List;
import java.util.Optional;

/**
 * Texts.
 *
 * @param labels one for each text, if there are any
 */
public record TextSet(List<String> texts, Optional<Labels> labels) implements Examples {

    public TextSet {
        texts = List.copyOf(texts);
        if (labels.isPresent() && labels.get().size() != texts.size()) {
            throw new IllegalArgumentException(
                    "%d labels for %d texts".formatted(labels.get().size(), texts.size()));
        }
    }

    @Override
    public int size() {
        return texts.size();
    }

    @Override
    public TextSet withoutLabels() {
        return new TextSet(texts, Optional.empty());
    }

    @Override
    public String kind() {
        return "texts";
    }
}
