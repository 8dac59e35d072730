package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The parts of a data set that are there: what they must have in common, and all of them as one. */
final class Parts {
    private final List<Part> parts = new ArrayList<>();

    Parts(Optional<Examples> train, Optional<Examples> validation, Optional<Examples> test) {
        train.ifPresent(rows -> parts.add(new Part("training", rows)));
        validation.ifPresent(rows -> parts.add(new Part("validation", rows)));
        test.ifPresent(rows -> parts.add(new Part("test", rows)));
    }

    private record Part(String name, Examples rows) {
        private boolean isLabelled() {
            return rows.labels().isPresent();
        }

        private boolean hasNumbers() {
            return rows.labels().orElseThrow().numbers();
        }
    }

    private List<Part> labelled() {
        return parts.stream().filter(Part::isLabelled).toList();
    }

    /**
     * @throws ArtifactException naming the part whose rows or labels are of another kind, or whose vectors are of another
     *     origin, than those before it
     */
    void requireAlike() throws ArtifactException {
        for (Part part : parts) {
            Part first = parts.getFirst();
            if (!part.rows.kind().equals(first.rows.kind())) {
                throw new ArtifactException("the %s part holds %s, the %s part %s"
                        .formatted(first.name, first.rows.kind(), part.name, part.rows.kind()));
            }
            if (!origin(part).equals(origin(first))) {
                throw new ArtifactException("the vectors of the %s part are of %s, those of the %s part of %s"
                        .formatted(first.name, origin(first), part.name, origin(part)));
            }
        }
        List<Part> labelled = labelled();
        for (Part part : labelled) {
            Part first = labelled.getFirst();
            if (part.hasNumbers() != first.hasNumbers()) {
                throw new ArtifactException("the labels of the %s part are %s, those of the %s part %s"
                        .formatted(first.name, labels(first), part.name, labels(part)));
            }
        }
    }

    private static String origin(Part part) {
        String origin = part.rows instanceof FeatureSet set ? set.origin().get(FeatureSet.ORIGIN) : null;
        return origin == null ? "no origin that is named" : "the origin '%s'".formatted(origin);
    }

    private static String labels(Part part) {
        return part.hasNumbers() ? "whole numbers" : "text";
    }

    /** @throws ArtifactException naming the part without labels where others have them, or parts that are too many values */
    Examples all() throws ArtifactException {
        return all(Matrix.MAX_VALUES);
    }

    /** @param most values that all rows may have */
    Examples all(long most) throws ArtifactException {
        requireAtMost(most);
        List<Part> labelled = labelled();
        for (Part part : parts) {
            if (!part.isLabelled() && !labelled.isEmpty()) {
                throw new ArtifactException(
                        "the %s part has no labels, the %s part has; label it, or leave it out where all are taken as one"
                                .formatted(part.name, labelled.getFirst().name));
            }
        }
        return parts.stream()
                .map(Part::rows)
                .reduce(Parts::joined)
                .orElseThrow(() -> new IllegalStateException("a data set without parts"));
    }

    private void requireAtMost(long most) throws ArtifactException {
        if (parts.stream().mapToLong(Parts::values).sum() > most) {
            String counts = parts.stream()
                    .map(part -> "%d values in the %s part".formatted(values(part), part.name))
                    .collect(Collectors.joining(", "));
            throw new ArtifactException("%s; at most %d are taken as one".formatted(counts, most));
        }
    }

    private static long values(Part part) {
        return switch (part.rows) {
            case ImageSet images -> images.pixels().values();
            case FeatureSet features -> features.values().values();
            case TextSet _ -> 0;
        };
    }

    private static Examples joined(Examples one, Examples other) {
        return switch (one) {
            case ImageSet first
            when other instanceof ImageSet second ->
                new ImageSet(
                        first.shape(),
                        first.pixels().followedBy(second.pixels()),
                        labels(first, second),
                        first.ids().flatMap(ids -> second.ids().map(more -> joined(ids, more))));
            case FeatureSet first
            when other instanceof FeatureSet second ->
                new FeatureSet(first.values().followedBy(second.values()), labels(first, second), first.origin());
            case TextSet first
            when other instanceof TextSet second ->
                new TextSet(joined(first.texts(), second.texts()), labels(first, second));
            default -> throw new IllegalStateException("parts of different kinds");
        };
    }

    private static List<String> joined(List<String> one, List<String> other) {
        return Stream.concat(one.stream(), other.stream()).toList();
    }

    private static Optional<Labels> labels(Examples first, Examples second) {
        return first.labels().flatMap(labels -> second.labels().map(labels::followedBy));
    }
}
