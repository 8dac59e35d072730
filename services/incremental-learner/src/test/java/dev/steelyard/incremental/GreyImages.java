package dev.steelyard.incremental;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** Square images of one grey value each. */
public final class GreyImages {
    private GreyImages() {}

    /** Two classes with a test part of their own: 40 images to train on, two brighter ones for the test. */
    public static Path withTestPart(Path folder, int side) throws IOException {
        for (String label : List.of("a", "b")) {
            for (int i = 0; i < 20; i++) {
                draw(folder.resolve("train").resolve(label), "i" + i, side, 10 * i);
            }
            draw(folder.resolve("test").resolve(label), "i", side, 250);
        }
        return folder;
    }

    /** @param to its folder, made when it is not there */
    public static void draw(Path to, String name, int side, int grey) throws IOException {
        var image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
        int[] pixels = IntStream.generate(() -> grey).limit((long) side * side).toArray();
        image.getRaster().setSamples(0, 0, side, side, 0, pixels);
        ImageIO.write(
                image, "png", Files.createDirectories(to).resolve(name + ".png").toFile());
    }
}
