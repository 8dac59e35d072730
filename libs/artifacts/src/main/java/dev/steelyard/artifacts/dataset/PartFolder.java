package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one part of a data set is read from.
 *
 * @param prefix of file names in messages: "" or "test/"
 * @param files sorted; folders among them
 * @param map by which labels of the whole data set are read
 */
record PartFolder(Path folder, String prefix, List<Path> files, Optional<MappedLabels> map) {
    private static final String NO_DATA =
            "labels\\.json|dataset_infos?\\.json|(readme|licen[cs]e)(\\.(md|txt|rst|html))?";
    private static final String OF_PART = "((" + PartFolders.NAME + "|t10k)[-_.])?";

    /** The files whose names, in lower case, fit a pattern. */
    List<Path> files(String pattern) {
        return files.stream()
                .filter(file -> lower(file).matches(pattern) && Files.isRegularFile(file))
                .toList();
    }

    /** The folders, of which each is a class. */
    List<Path> folders() {
        return files.stream().filter(Files::isDirectory).toList();
    }

    /** The files of a class whose names, in lower case, fit a pattern. */
    List<Path> files(Path folder, String pattern) throws IOException {
        return list(folder).stream()
                .filter(file -> lower(file).matches(pattern) && Files.isRegularFile(file))
                .toList();
    }

    /** The first file, beside the folders or else in them, whose name in lower case fits a pattern. */
    Optional<Path> any(String pattern) throws IOException {
        List<Path> found = new ArrayList<>(files(pattern));
        for (Path folder : folders()) {
            found.addAll(files(folder, pattern));
        }
        return found.stream().findFirst();
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

    /** Whether a file is one of those that {@link #one} looks for. */
    boolean fits(Path file, String pattern) {
        return lower(file).matches(OF_PART + pattern);
    }

    /** The name in messages of a file here, or in a folder here. */
    String name(Path file) {
        return prefix + folder.relativize(file);
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

    /** What lies in a folder, sorted: without hidden files, and those that say something of a data set and are none. */
    static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> listed = Files.list(folder)) {
            return listed.filter(
                            file -> !isHidden(file) && !(lower(file).matches(NO_DATA) && Files.isRegularFile(file)))
                    .sorted()
                    .toList();
        }
    }

    private static boolean isHidden(Path file) {
        return lower(file).startsWith(".");
    }

    static String lower(Path file) {
        return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    }
}
