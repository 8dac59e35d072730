package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Which files of a data set are which part: by the folders they lie in, or where there are none by their own names. */
record PartFolders(Optional<PartFolder> train, Optional<PartFolder> validation, Optional<PartFolder> test) {
    private static final String TRAIN = "train";
    private static final String VALIDATION = "val(id|idation)?";
    private static final String TEST = "test";

    /** What a part is called, in lower case. */
    static final String NAME = TRAIN + "|" + VALIDATION + "|" + TEST;

    private static final String VALIDATION_NAME = VALIDATION + "[-_.].*|" + NpyFeatures.of(VALIDATION);
    private static final String TEST_NAME = "(test|t10k).*|" + NpyFeatures.of(TEST);
    private static final String DATA =
            ".*-idx[13]-ubyte(\\.gz)?|\\d+\\.json|.*\\.(safetensors|npy|parquet|jsonl|txt|png|jpe?g)";

    /** @throws ArtifactException naming what lies beside folders of parts, or the second folder of one part */
    static PartFolders of(Path folder, Optional<MappedLabels> map) throws IOException {
        List<Path> all = PartFolder.list(folder);
        List<Path> parts = named(all, NAME, Files::isDirectory);
        if (parts.isEmpty()) {
            Path data = folder.resolve("data");
            return ofNames(holdsParquet(data) ? data : folder, map);
        }
        for (Path file : all) {
            if (!parts.contains(file) && isData(file)) {
                throw besideParts(file, parts.getFirst());
            }
        }
        return new PartFolders(
                ofFolder(parts, TRAIN, map), ofFolder(parts, VALIDATION, map), ofFolder(parts, TEST, map));
    }

    private static boolean isData(Path file) {
        return Files.isDirectory(file) || PartFolder.lower(file).matches(DATA);
    }

    private static ArtifactException besideParts(Path file, Path part) {
        return new ArtifactException(
                String.valueOf(file.getFileName()),
                null,
                "lies beside the folder %1$s, which is a part of the data set; where %1$s is a class, the folders of all "
                                .formatted(part.getFileName())
                        + "classes belong into a folder train");
    }

    private static Optional<PartFolder> ofFolder(List<Path> parts, String pattern, Optional<MappedLabels> map)
            throws IOException {
        List<Path> found = named(parts, pattern, Files::isDirectory);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Path inside = found.getFirst();
        if (found.size() > 1) {
            throw new ArtifactException(
                    String.valueOf(found.get(1).getFileName()),
                    null,
                    "is the same part of the data set as the folder " + inside.getFileName());
        }
        return Optional.of(new PartFolder(inside, inside.getFileName() + "/", PartFolder.list(inside), map));
    }

    private static PartFolders ofNames(Path folder, Optional<MappedLabels> map) throws IOException {
        List<Path> all = PartFolder.list(folder);
        List<Path> validation = named(all, VALIDATION_NAME, Files::isRegularFile);
        List<Path> test = named(all, TEST_NAME, Files::isRegularFile);
        List<Path> train = all.stream()
                .filter(file -> !validation.contains(file) && !test.contains(file))
                .toList();
        boolean apart = !validation.isEmpty() || !test.isEmpty();
        return new PartFolders(
                apart && train.isEmpty() ? Optional.empty() : Optional.of(new PartFolder(folder, "", train, map)),
                ofFiles(folder, validation, map),
                ofFiles(folder, test, map));
    }

    private static Optional<PartFolder> ofFiles(Path folder, List<Path> files, Optional<MappedLabels> map) {
        return files.isEmpty() ? Optional.empty() : Optional.of(new PartFolder(folder, "", files, map));
    }

    /** Whether this is where Hugging Face's data sets keep their files. */
    private static boolean holdsParquet(Path folder) throws IOException {
        return Files.isDirectory(folder)
                && PartFolder.list(folder).stream()
                        .anyMatch(file -> PartFolder.lower(file).matches(ParquetFiles.NAME));
    }

    private static List<Path> named(List<Path> files, String pattern, Predicate<Path> kind) {
        return files.stream()
                .filter(file -> kind.test(file) && PartFolder.lower(file).matches(pattern))
                .toList();
    }
}
