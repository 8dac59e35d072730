package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A folder of image files for each class, or image files without labels; all of one size. */
final class ImageFiles {
    static final String IMAGE = ".*\\.(png|jpe?g)";

    private ImageFiles() {}

    static ImageSet read(PartFolder part) throws IOException {
        ImageRows images = new ImageRows();
        LabelColumn labels = part.labels();
        for (Path folder : part.folders()) {
            String label = String.valueOf(folder.getFileName());
            for (Path file : part.files(folder, IMAGE)) {
                String name = part.name(file);
                add(images, file, name);
                labels.add(name, "folder", label);
            }
        }
        for (Path file : part.files(IMAGE)) {
            if (labels.size() > 0) {
                throw part.refuse(file, "lies beside the folders of the classes");
            }
            add(images, file, part.name(file));
        }
        if (images.isEmpty()) {
            throw new ArtifactException(
                    found(part),
                    null,
                    "no data found; expected IDX files, 0.json to 9.json, features.safetensors, features.npy, "
                            + "*.parquet, *.jsonl, or a folder of PNG, JPEG or .txt files for each class");
        }
        return images.set(labels.size() == 0 ? Optional.empty() : Optional.of(labels.labels()));
    }

    /** The first of the files that are no data, to be named. */
    private static @Nullable String found(PartFolder part) {
        if (part.files().isEmpty()) {
            return part.prefix().isEmpty() ? null : part.prefix();
        }
        return part.name(part.files().getFirst());
    }

    private static void add(ImageRows images, Path file, String name) throws IOException {
        images.add(name, Optional.of(name), () -> Picture.read(file, name));
    }
}
