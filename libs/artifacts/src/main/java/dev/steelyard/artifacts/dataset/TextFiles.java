package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A folder of {@code .txt} files for each class, or such files without labels; a text each, UTF-8. */
final class TextFiles {
    private static final String TEXT = ".*\\.txt";

    private TextFiles() {}

    /** Whether the part holds such files. */
    static boolean in(PartFolder part) throws IOException {
        if (!part.files(TEXT).isEmpty()) {
            return true;
        }
        for (Path folder : folders(part)) {
            if (!files(folder).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    static TextSet read(PartFolder part) throws IOException {
        TextRows texts = new TextRows();
        LabelColumn labels = part.labels();
        for (Path folder : folders(part)) {
            for (Path file : files(folder)) {
                String name = part.name(folder) + "/" + file.getFileName();
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
        try {
            return Files.readString(file);
        } catch (MalformedInputException e) {
            throw new ArtifactException(name, null, "is not UTF-8");
        }
    }

    private static List<Path> folders(PartFolder part) {
        return part.files().stream().filter(Files::isDirectory).toList();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> listed = Files.list(folder)) {
            return listed.filter(file -> PartFolder.lower(file).matches(TEXT) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        }
    }
}
