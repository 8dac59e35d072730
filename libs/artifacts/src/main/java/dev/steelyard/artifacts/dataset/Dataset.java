package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.Reading;
import java.io.IOException;
import java.nio.file.Path;
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
 * <p>The parts lie in folders {@code train}, {@code validation} (or {@code valid} or {@code val}) and {@code test}, and
 * nothing beside them; or in files whose names start with {@code validation}, {@code valid} or {@code val}, and with
 * {@code test} or {@code t10k}, and what is left is the training part. A folder {@code data} with Parquet files in it
 * stands for the whole. {@code labels.json} says which labels there are. Labels are whole numbers of 64 bits or text.
 *
 * @param train empty when there are only other parts
 * @param validation empty when there is none; whoever needs one then cuts it off the training part
 * @param test empty when there is none
 */
public record Dataset(Optional<Examples> train, Optional<Examples> validation, Optional<Examples> test) {

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
     * @throws ArtifactException naming file and row: no known layout, data beside the folders of parts, no rows, an
     *     unreadable image, a label outside the map, a number that is not finite, rows of different sizes, parts whose
     *     rows or labels are of different kinds
     */
    public static Dataset read(Path folder) throws IOException {
        return Reading.in(folder, () -> readFolder(folder));
    }

    private static Dataset readFolder(Path folder) throws IOException {
        Optional<MappedLabels> map = LabelMap.read(folder).map(MappedLabels::new);
        PartFolders parts = PartFolders.of(folder, map);
        return of(read(parts.train()), read(parts.validation()), read(parts.test()));
    }

    private static Dataset of(Optional<Examples> train, Optional<Examples> validation, Optional<Examples> test)
            throws ArtifactException {
        new Parts(train, validation, test).requireAlike();
        return new Dataset(train, validation, test);
    }

    private static Optional<Examples> read(Optional<PartFolder> part) throws IOException {
        return part.isPresent() ? Optional.of(read(part.get())) : Optional.empty();
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
        return readFiles(part);
    }

    /** A text or an image a file. */
    private static Examples readFiles(PartFolder part) throws IOException {
        Optional<Path> text = part.any(TextFiles.TEXT);
        if (text.isEmpty()) {
            return ImageFiles.read(part);
        }
        Optional<Path> image = part.any(ImageFiles.IMAGE);
        if (image.isPresent()) {
            throw part.refuse(
                    text.get(),
                    "is text, and %s an image; a data set is of one or the other".formatted(part.name(image.get())));
        }
        return TextFiles.read(part);
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
}
