package dev.steelyard.incremental.images;

import dev.steelyard.method.MethodException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** A folder of image files for each class, all of one size; colour images as three channels, grey ones as one. */
final class ClassFolders {
    private static final float WHITE = 255;

    private ClassFolders() {}

    static ImageSet read(List<Path> folders) throws MethodException, IOException {
        List<String> classes = new ArrayList<>();
        List<float[]> images = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        ImageShape shape = null;
        for (Path folder : folders) {
            for (Path file : files(folder)) {
                String name = ImageFolder.name(folder) + "/" + ImageFolder.name(file);
                BufferedImage image = decode(file, name);
                ImageShape found = new ImageShape(
                        image.getRaster().getNumBands() < 3 ? 1 : 3, image.getHeight(), image.getWidth());
                if (shape != null && !shape.equals(found)) {
                    throw MethodException.file(name, "is %s, images before it are %s".formatted(found, shape));
                }
                shape = found;
                images.add(values(image, found));
                labels.add(classes.size());
            }
            classes.add(ImageFolder.name(folder));
        }
        if (shape == null) {
            throw MethodException.input("no image files in the folders of the classes");
        }
        return Images.join(shape, classes, images, labels);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> listed = Files.list(folder)) {
            return listed.filter(file ->
                            ImageFolder.name(file).toLowerCase(Locale.ROOT).matches(".*\\.(png|jpe?g)"))
                    .sorted()
                    .toList();
        }
    }

    private static BufferedImage decode(Path file, String name) throws MethodException {
        try {
            BufferedImage image = ImageIO.read(file.toFile());
            if (image != null) {
                return image;
            }
        } catch (IOException e) {
            throw MethodException.file(name, "cannot be read: " + e.getMessage());
        }
        throw MethodException.file(name, "is not an image");
    }

    private static float[] values(BufferedImage image, ImageShape shape) {
        float[] values = new float[shape.size()];
        int plane = shape.height() * shape.width();
        for (int y = 0; y < shape.height(); y++) {
            for (int x = 0; x < shape.width(); x++) {
                int at = y * shape.width() + x;
                if (shape.channels() == 1) {
                    values[at] = image.getRaster().getSample(x, y, 0) / WHITE;
                } else {
                    int rgb = image.getRGB(x, y);
                    values[at] = (rgb >> 16 & 0xFF) / WHITE;
                    values[plane + at] = (rgb >> 8 & 0xFF) / WHITE;
                    values[2 * plane + at] = (rgb & 0xFF) / WHITE;
                }
            }
        }
        return values;
    }
}
