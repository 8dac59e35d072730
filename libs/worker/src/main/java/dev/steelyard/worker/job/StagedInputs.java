package dev.steelyard.worker.job;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** The inputs of a run: where each of them lies, and which of them holds a file. */
final class StagedInputs {
    private final SequencedMap<String, Path> folders = new LinkedHashMap<>();

    void put(String name, Path folder) {
        folders.put(name, folder);
    }

    /** Empty when the job came without it. */
    Optional<Path> folder(String name) {
        return Optional.ofNullable(folders.get(name));
    }

    /**
     * A file or folder of an input.
     *
     * @param input "input state", or "inputs state, other" where one artifact is given as both
     * @param file relative to the input's root
     */
    record Place(String input, String file) {}

    /** The input that a file or folder lies in; empty when it lies elsewhere. */
    Optional<Place> find(Path path) {
        List<Map.Entry<String, Path>> holding = folders.entrySet().stream()
                .filter(input -> path.startsWith(input.getValue()))
                .toList();
        if (holding.isEmpty()) {
            return Optional.empty();
        }
        String names = String.join(", ", holding.stream().map(Map.Entry::getKey).toList());
        String file = holding.getFirst().getValue().relativize(path).toString();
        return Optional.of(new Place((holding.size() == 1 ? "input " : "inputs ") + names, file));
    }
}
