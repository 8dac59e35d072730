package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A folder of {@code .txt} files for each class, or such files without labels; a text each, UTF-8. */
final class TextFiles {
    static final String TEXT = ".*\\.txt";
    private static final long MAX_BYTES = 1L << 30;

    private TextFiles() {}

    static TextSet read(PartFolder part) throws IOException {
        TextRows texts = new TextRows();
        LabelColumn labels = part.labels();
        for (Path folder : part.folders()) {
            for (Path file : part.files(folder, TEXT)) {
                String name = part.name(file);
                texts.add(name, "the text", text(file, name));
                labels.add(name, "folder", String.valueOf(folder.getFileName()));
            }
        }
        for (Path file : part.files(TEXT)) {
            if (labels.size() > 0) {
                throw part.refuse(file, "lies beside the folders of the classes");
            }
            texts.add(part.name(file), "the text", text(file, part.name(file)));
        }
        return new TextSet(texts.texts(), labels.size() == 0 ? Optional.empty() : Optional.of(labels.labels()));
    }

    private static String text(Path file, String name) throws IOException {
        long bytes = Files.size(file);
        if (bytes > MAX_BYTES) {
            throw new ArtifactException(
                    name, null, "has %d bytes; a text has at most 1 GiB: cut it into several".formatted(bytes));
        }
        try {
            return Files.readString(file);
        } catch (MalformedInputException e) {
            throw new ArtifactException(name, null, "is not UTF-8");
        }
    }
}
