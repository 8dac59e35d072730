package dev.steelyard.incremental.images;

import dev.steelyard.method.MethodException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads a data set's folder in one of three layouts: {@code *-images-idx3-ubyte} with {@code *-labels-idx1-ubyte}
 * beside it (MNIST's own), {@code 0.json, 1.json, …} with the pixels of one class each, or one folder of PNG or JPEG
 * files for each class. All images are kept in memory, 4 bytes a value.
 */
public final class ImageFolder {
    /** Largest number of pixel values that are read: 2 GiB. */
    static final long MAX_VALUES = 1L << 29;

    private ImageFolder() {}

    /** @throws MethodException naming the file, when there are no images or one cannot be read */
    public static ImageSet read(Path folder) throws MethodException, IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.sorted().toList();
        }
        if (files.stream().anyMatch(f -> name(f).contains("images-idx3-ubyte"))) {
            return new IdxImages(folder).read(files);
        }
        if (files.stream().anyMatch(f -> name(f).matches("\\d+\\.json"))) {
            return JsonDigits.read(files);
        }
        List<Path> classes = files.stream().filter(Files::isDirectory).toList();
        if (classes.size() > 1) {
            return ClassFolders.read(classes);
        }
        throw MethodException.input(
                "no images found; expected *-images-idx3-ubyte files, 0.json to 9.json, or a folder of images for each "
                        + "class");
    }

    static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
