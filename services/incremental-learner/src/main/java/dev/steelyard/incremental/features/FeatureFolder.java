package dev.steelyard.incremental.features;

import dev.steelyard.artifacts.dataset.FeatureFile;
import dev.steelyard.artifacts.dataset.Labels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** Writes vectors as a data set: a file for each part, and the names of the classes unless they are numbers. */
final class FeatureFolder {
    private static final JsonMapper JSON = new JsonMapper();

    private FeatureFolder() {}

    /** @param values of all parts, row after row */
    static void write(Path folder, List<Part> parts, int width, float[] values, Map<String, String> origin)
            throws IOException {
        Optional<Labels> all = parts.stream()
                .map(part -> part.rows().labels())
                .flatMap(Optional::stream)
                .reduce(Labels::followedBy);
        int row = 0;
        int label = 0;
        for (Part part : parts) {
            int size = part.rows().size();
            int labels = part.rows().labels().map(Labels::size).orElse(0);
            Path target = Files.createDirectories(folder.resolve(part.name()));
            FeatureFile.write(
                    target,
                    width,
                    Arrays.copyOfRange(values, row * width, (row + size) * width),
                    ids(all, label, labels),
                    origin);
            row += size;
            label += labels;
        }
        if (all.isPresent() && !all.get().numbers()) {
            Files.writeString(
                    folder.resolve("labels.json"),
                    JSON.writeValueAsString(all.get().classes()) + "\n");
        }
    }

    private static long[] ids(Optional<Labels> labels, int from, int size) {
        long[] ids = new long[size];
        for (int i = 0; i < ids.length; i++) {
            Labels known = labels.orElseThrow();
            ids[i] = known.numbers() ? Long.parseLong(known.name(from + i)) : known.id(from + i);
        }
        return ids;
    }
}
