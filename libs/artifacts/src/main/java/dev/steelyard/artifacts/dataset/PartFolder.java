package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What one part of a data set is read from.
 *
 * @param prefix of file names in messages: "" or "test/"
 * @param files sorted; folders among them
 * @param map by which labels of the whole data set are read
 */
record PartFolder(Path folder, String prefix, List<Path> files, Optional<MappedLabels> map) {
    private static final String OF_PART = "((train|val(id|idation)?|test|t10k)[-_.])?";

    /** The files whose names, in lower case, fit a pattern. */
    List<Path> files(String pattern) {
        return files.stream()
                .filter(file -> lower(file).matches(pattern) && Files.isRegularFile(file))
                .toList();
    }

    /**
     * The one file whose name, in lower case, fits a pattern, after the name of its part or without: {@code x.npy} or
     * {@code test_x.npy}.
     *
     * @throws ArtifactException when there are several
     */
    Optional<Path> one(String pattern) throws ArtifactException {
        List<Path> found = files(OF_PART + pattern);
        if (found.size() > 1) {
            throw refuse(found.get(1), "lies beside %s; one of the two is read".formatted(name(found.getFirst())));
        }
        return found.stream().findFirst();
    }

    /** The file's name in messages. */
    String name(Path file) {
        return prefix + file.getFileName();
    }

    LabelColumn labels() {
        return new LabelColumn(map);
    }

    /** @param otherwise what the labels are called where the data set does not say it */
    LabelColumn labels(Optional<LabelMap> otherwise) {
        return new LabelColumn(map.or(() -> otherwise.map(MappedLabels::new)));
    }

    ArtifactException refuse(Path file, String detail) {
        return new ArtifactException(name(file), null, detail);
    }

    static String lower(Path file) {
        return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    }
}
