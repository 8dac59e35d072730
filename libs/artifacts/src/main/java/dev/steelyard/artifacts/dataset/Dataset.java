package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A data set read from a folder into memory. The layouts:
 *
 * <ul>
 *   <li>{@code *-images-idx3-ubyte} with {@code *-labels-idx1-ubyte} beside it, plain or {@code .gz} (MNIST's own);
 *   <li>{@code 0.json, 1.json, …}, each with the pixels of one digit's images;
 *   <li>{@code features.safetensors} with tensors {@code features} [n, d] and {@code labels} [n];
 *   <li>{@code features.npy} and {@code labels.npy}, or {@code X.npy} and {@code y.npy};
 *   <li>{@code *.jsonl} with an object a line: "text", "features" or "image" (a path), and "label";
 *   <li>a folder of PNG or JPEG files for each class, or such files alone, without labels.
 * </ul>
 *
 * <p>The training part and the test part lie in folders {@code train} and {@code test}, or in files whose names start
 * with {@code test} or {@code t10k}; else all is the training part. {@code labels.json} says which labels there are.
 * Labels are whole numbers of 64 bits or text.
 *
 * @param train empty when there is only a test part
 * @param test empty when there is only a training part
 */
public record Dataset(Optional<Examples> train, Optional<Examples> test) {
    private static final String TEST_NAME = "(test|t10k).*";

    /**
     * Reads a folder.
     *
     * @throws ArtifactException naming file and row: no known layout, no rows, an unreadable image, a label outside the
     *     map, a number that is not finite, rows of different sizes
     */
    public static Dataset read(Path folder) throws IOException {
        Optional<LabelMap> map = LabelMap.read(folder);
        if (Files.isDirectory(folder.resolve("train"))) {
            Examples train = readPart(folder.resolve("train"), "train/", map);
            return Files.isDirectory(folder.resolve("test"))
                    ? of(train, readPart(folder.resolve("test"), "test/", map))
                    : new Dataset(Optional.of(train), Optional.empty());
        }
        List<Path> all = list(folder);
        List<Path> test = all.stream()
                .filter(file ->
                        Files.isRegularFile(file) && PartFolder.lower(file).matches(TEST_NAME))
                .toList();
        List<Path> train = all.stream().filter(file -> !test.contains(file)).toList();
        if (test.isEmpty()) {
            return new Dataset(Optional.of(read(new PartFolder(folder, "", train, map))), Optional.empty());
        }
        Examples tested = read(new PartFolder(folder, "", test, map));
        return train.stream().allMatch(file -> PartFolder.lower(file).equals(LabelMap.FILE))
                ? new Dataset(Optional.empty(), Optional.of(tested))
                : of(read(new PartFolder(folder, "", train, map)), tested);
    }

    private static Dataset of(Examples train, Examples test) throws ArtifactException {
        if (!train.kind().equals(test.kind())) {
            throw new ArtifactException(
                    "the training part holds %s, the test part %s".formatted(train.kind(), test.kind()));
        }
        return new Dataset(Optional.of(train), Optional.of(test));
    }

    private static Examples readPart(Path folder, String prefix, Optional<LabelMap> map) throws IOException {
        return read(new PartFolder(folder, prefix, list(folder), map));
    }

    private static Examples read(PartFolder part) throws IOException {
        if (!part.files(".*images-idx3-ubyte(\\.gz)?").isEmpty()) {
            return IdxImages.read(part);
        }
        if (!part.files("\\d+\\.json").isEmpty()) {
            return JsonDigits.read(part);
        }
        if (part.first(FeatureFile.NAME).isPresent()) {
            return FeatureFile.read(part, part.folder().resolve(FeatureFile.NAME));
        }
        if (part.first(NpyFeatures.FEATURES).isPresent()) {
            return NpyFeatures.read(part);
        }
        if (!part.files(".*\\.jsonl").isEmpty()) {
            return JsonLines.read(part);
        }
        return ImageFiles.read(part);
    }

    /** Both parts as one, the training part first. */
    public Examples all() {
        if (train.isEmpty() || test.isEmpty()) {
            return train.or(() -> test).orElseThrow(() -> new IllegalStateException("a data set without parts"));
        }
        return switch (train.get()) {
            case ImageSet first
            when test.get() instanceof ImageSet second ->
                new ImageSet(first.shape(), first.pixels().followedBy(second.pixels()), joined(first, second));
            case FeatureSet first
            when test.get() instanceof FeatureSet second ->
                new FeatureSet(first.values().followedBy(second.values()), joined(first, second), first.origin());
            case TextSet first
            when test.get() instanceof TextSet second -> {
                List<String> texts = new ArrayList<>(first.texts());
                texts.addAll(second.texts());
                yield new TextSet(texts, joined(first, second));
            }
            default -> throw new IllegalStateException("parts of different kinds");
        };
    }

    private static Optional<Labels> joined(Examples first, Examples second) {
        return first.labels().flatMap(labels -> second.labels().map(labels::followedBy));
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> listed = Files.list(folder)) {
            return listed.sorted().toList();
        }
    }
}
