package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the labels of a data set's rows by its map: whole numbers are keys; text is a name, or else a key. Text that is
 * a name and also the key of another stays the name, unless other rows have keys as text: then either could be meant.
 */
final class MappedLabels {
    private final LabelMap map;
    private final Set<String> names;
    private Optional<Place> key = Optional.empty();
    private Optional<Place> both = Optional.empty();

    MappedLabels(LabelMap map) {
        this.map = map;
        this.names = Set.copyOf(map.names().values());
    }

    /** All names, in the map's order. */
    List<String> classes() {
        return List.copyOf(map.names().values());
    }

    /** The first row with a label of some sort. */
    private record Place(String file, String where, String label) {}

    /** The name of a whole number. */
    String name(String file, String where, long label) throws ArtifactException {
        String name = map.names().get(Long.toString(label));
        if (name == null) {
            throw outside(file, where, Long.toString(label));
        }
        return name;
    }

    /** The name of a text. */
    String name(String file, String where, String label) throws ArtifactException {
        String keyed = map.names().get(label);
        Place place = new Place(file, where, label);
        if (!names.contains(label)) {
            if (keyed == null) {
                throw outside(file, where, "'" + label + "'");
            }
            key = key.or(() -> Optional.of(place));
            requireOneReading(place, both);
            return keyed;
        }
        if (keyed != null && !keyed.equals(label)) {
            both = both.or(() -> Optional.of(place));
            requireOneReading(place, key);
        }
        return label;
    }

    /** @param before a row of the other sort, if there was one */
    private void requireOneReading(Place now, Optional<Place> before) throws ArtifactException {
        if (before.isPresent()) {
            Place other = before.get();
            String reason =
                    "one is a name in %s and also the key of another name, one a key alone".formatted(map.source());
            throw new ArtifactException(
                    now.file,
                    null,
                    "%s: label '%s', after '%s' in %s, %s: %s; write names alone, or keys as whole numbers"
                            .formatted(now.where, now.label, other.label, other.file, other.where, reason));
        }
    }

    private ArtifactException outside(String file, String where, String shown) {
        return new ArtifactException(file, null, "%s: label %s is not in %s".formatted(where, shown, map.source()));
    }
}
