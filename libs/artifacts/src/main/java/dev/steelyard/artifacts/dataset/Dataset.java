package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A data set read from a folder into memory. The layouts:
 *
 * <ul>
 *   <li>{@code *-images-idx3-ubyte} with {@code *-labels-idx1-ubyte} beside it, plain or {@code .gz} (MNIST's own);
 *   <li>{@code 0.json, 1.json, …}, each with the pixels of one digit's images;
 *   <li>{@code features.safetensors} with tensors {@code features} [n, d] and {@code labels} [n];
 *   <li>{@code features.npy} and {@code labels.npy}, or {@code X.npy} and {@code y.npy};
 *   <li>{@code *.parquet} with a column "image" (bytes, or a struct with "bytes"), "text" or "features", and "label";
 *   <li>{@code *.jsonl} with an object a line: "text", "features" or "image" (a path), and "label";
 *   <li>a folder of PNG or JPEG files for each class, or such files alone, without labels;
 *   <li>a folder of {@code .txt} files for each class, or such files alone, without labels.
 * </ul>
 *
 * <p>The parts lie in folders {@code train}, {@code validation} and {@code test}, or in files whose names start with
 * {@code validation} or {@code val}, and with {@code test} or {@code t10k}; what is left is the training part. A folder {@code data} with Parquet files in it
 * stands for the whole. {@code labels.json} says which labels there are. Labels are whole numbers of 64 bits or text.
 *
 * @param train empty when there are only other parts
 * @param validation empty when there is none; whoever needs one then cuts it off the training part
 * @param test empty when there is none
 */
public record Dataset(Optional<Examples> train, Optional<Examples> validation, Optional<Examples> test) {
    private static final String VALIDATION_NAME = "val(id|idation)?[-_.].*";
    private static final String TEST_NAME = "(test|t10k).*";
    private static final String NO_DATA = "labels\\.json|readme.*|licen[cs]e.*|dataset_infos?\\.json|\\..*";

    public Dataset {
        Optional<Examples> first = train.or(() -> validation).or(() -> test);
        for (Examples part :
                Stream.of(train, validation, test).flatMap(Optional::stream).toList()) {
            if (!part.kind().equals(first.get().kind())) {
                throw new IllegalArgumentException("parts of different kinds");
            }
        }
    }

    /**
     * Reads a folder.
     *
     * @throws ArtifactException naming file and row: no known layout, no rows, an unreadable image, a label outside the
     *     map, a number that is not finite, rows of different sizes, parts whose rows or labels are of different kinds
     */
    public static Dataset read(Path folder) throws IOException {
        return Reading.in(folder, () -> readFolder(folder));
    }

    private static Dataset readFolder(Path folder) throws IOException {
        Optional<MappedLabels> map = LabelMap.read(folder).map(MappedLabels::new);
        if (Files.isDirectory(folder.resolve("train"))) {
            return of(
                    Optional.of(readPart(folder, "train", map)),
                    optionalPart(folder, "validation", map),
                    optionalPart(folder, "test", map));
        }
        return readFiles(holdsParquet(folder.resolve("data")) ? folder.resolve("data") : folder, map);
    }

    /** Parts by the names of their files. */
    private static Dataset readFiles(Path folder, Optional<MappedLabels> map) throws IOException {
        List<Path> all = list(folder);
        List<Path> validation = named(all, VALIDATION_NAME);
        List<Path> test = named(all, TEST_NAME);
        List<Path> train = all.stream()
                .filter(file -> !validation.contains(file) && !test.contains(file))
                .toList();
        boolean apart = !validation.isEmpty() || !test.isEmpty();
        boolean nothingElse =
                train.stream().allMatch(file -> PartFolder.lower(file).matches(NO_DATA));
        return of(
                apart && nothingElse ? Optional.empty() : Optional.of(read(new PartFolder(folder, "", train, map))),
                validation.isEmpty()
                        ? Optional.empty()
                        : Optional.of(read(new PartFolder(folder, "", validation, map))),
                test.isEmpty() ? Optional.empty() : Optional.of(read(new PartFolder(folder, "", test, map))));
    }

    /** Whether this is where Hugging Face's data sets keep their files. */
    private static boolean holdsParquet(Path folder) throws IOException {
        return Files.isDirectory(folder)
                && list(folder).stream().anyMatch(file -> PartFolder.lower(file).matches(ParquetFiles.NAME));
    }

    private static List<Path> named(List<Path> files, String pattern) {
        return files.stream()
                .filter(file ->
                        Files.isRegularFile(file) && PartFolder.lower(file).matches(pattern))
                .toList();
    }

    private static Dataset of(Optional<Examples> train, Optional<Examples> validation, Optional<Examples> test)
            throws ArtifactException {
        new Parts(train, validation, test).requireAlike();
        return new Dataset(train, validation, test);
    }

    private static Optional<Examples> optionalPart(Path folder, String part, Optional<MappedLabels> map)
            throws IOException {
        return Files.isDirectory(folder.resolve(part)) ? Optional.of(readPart(folder, part, map)) : Optional.empty();
    }

    private static Examples readPart(Path folder, String part, Optional<MappedLabels> map) throws IOException {
        Path inside = folder.resolve(part);
        return read(new PartFolder(inside, part + "/", list(inside), map));
    }

    private static Examples read(PartFolder part) throws IOException {
        if (!part.files(".*images-idx3-ubyte(\\.gz)?").isEmpty()) {
            return IdxImages.read(part);
        }
        if (!part.files("\\d+\\.json").isEmpty()) {
            return JsonDigits.read(part);
        }
        Optional<Path> features = part.one(Pattern.quote(FeatureFile.NAME));
        if (features.isPresent()) {
            return FeatureFile.read(part, features.get());
        }
        Optional<Path> array = part.one(NpyFeatures.FEATURES);
        if (array.isPresent()) {
            return NpyFeatures.read(part, array.get());
        }
        if (!part.files(ParquetFiles.NAME).isEmpty()) {
            return ParquetFiles.read(part);
        }
        if (!part.files(".*\\.jsonl").isEmpty()) {
            return JsonLines.read(part);
        }
        return TextFiles.in(part) ? TextFiles.read(part) : ImageFiles.read(part);
    }

    /**
     * All parts as one: the training part, the validation part, the test part.
     *
     * @throws ArtifactException when some parts have labels and others none
     */
    public Examples all() throws ArtifactException {
        return new Parts(train, validation, test).all();
    }

    /** Whether all rows of all parts have labels. */
    public boolean isLabelled() {
        return Stream.of(train, validation, test)
                .flatMap(Optional::stream)
                .allMatch(part -> part.labels().isPresent());
    }

    /** The same rows, for whom their labels do not matter. */
    public Dataset withoutLabels() {
        return new Dataset(
                train.map(Examples::withoutLabels),
                validation.map(Examples::withoutLabels),
                test.map(Examples::withoutLabels));
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> listed = Files.list(folder)) {
            return listed.sorted().toList();
        }
    }
}
