package dev.steelyard.incremental.weightcompander;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.imageio.ImageIO;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A part of CIFAR-10 as PNG files, a folder for each class: images to train on, and others to choose settings or to test
 * by.
 *
 * @param from folder of five PNG files data_batch_1 to 5 and one test_batch, each with 10,000 images of 32×32 pixels, one a
 *     row; their labels in train_lables.json and test_lables.json
 */
record CifarPart(Path from) {
    private static final int SIDE = 32;
    private static final int ROWS = 10_000;

    /**
     * Images of one of the files.
     *
     * @param batch 1 to 5; 0: the test part
     */
    record Range(int batch, int begin, int end) {}

    /** Writes both ranges as training and test part. */
    Path write(Path to, Range train, Range test) throws IOException {
        write(to.resolve("train"), train);
        write(to.resolve("test"), test);
        return to;
    }

    private void write(Path to, Range range) throws IOException {
        boolean test = range.batch == 0;
        BufferedImage rows = ImageIO.read(from.resolve(test ? "test_batch.png" : "data_batch_" + range.batch + ".png")
                .toFile());
        JsonNode labels = new JsonMapper()
                .readTree(from.resolve(test ? "test_lables.json" : "train_lables.json")
                        .toFile());
        for (int i = range.begin; i < range.end; i++) {
            String label = labels.get(test ? i : (range.batch - 1) * ROWS + i).asString();
            Path folder = Files.createDirectories(to.resolve(label));
            ImageIO.write(
                    image(rows, i),
                    "png",
                    folder.resolve(String.format(Locale.ROOT, "%05d.png", i)).toFile());
        }
    }

    private static BufferedImage image(BufferedImage rows, int row) {
        var image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, SIDE, SIDE, rows.getRGB(0, row, SIDE * SIDE, 1, null, 0, SIDE * SIDE), 0, SIDE);
        return image;
    }
}
