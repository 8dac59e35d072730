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

    /** The files whose names, in lower case, fit a pattern. */
    List<Path> files(String pattern) {
        return files.stream()
                .filter(file -> lower(file).matches(pattern) && Files.isRegularFile(file))
                .toList();
    }

    /** The first of some file names that is there. */
    Optional<Path> first(String... names) {
        return List.of(names).stream()
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst();
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
