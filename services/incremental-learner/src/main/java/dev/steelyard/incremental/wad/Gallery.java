package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.ImageShape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** Contact sheets: the images of the pool that count most, and those that count least. */
record Gallery(ImageSet images, Pool pool) {
    private static final int ACROSS = 12;
    private static final int DOWN = 6;
    private static final int GAP = 2;

    void write(Path folder) throws IOException {
        Comparator<Integer> lowest = Comparator.comparingDouble(i -> pool.weight(i));
        sheet(folder.resolve("lowest.png"), lowest);
        sheet(folder.resolve("highest.png"), lowest.reversed());
    }

    private void sheet(Path file, Comparator<Integer> order) throws IOException {
        List<Integer> shown = IntStream.range(pool.given(), pool.size())
                .boxed()
                .sorted(order)
                .limit(ACROSS * DOWN)
                .toList();
        ImageShape shape = images.shape();
        int rows = (shown.size() + ACROSS - 1) / ACROSS;
        var sheet = new BufferedImage(
                ACROSS * (shape.width() + GAP) + GAP, rows * (shape.height() + GAP) + GAP, BufferedImage.TYPE_INT_RGB);
        for (int place = 0; place < shown.size(); place++) {
            draw(
                    sheet,
                    images.pixels(new int[] {shown.get(place)}),
                    GAP + place % ACROSS * (shape.width() + GAP),
                    GAP + place / ACROSS * (shape.height() + GAP));
        }
        ImageIO.write(sheet, "png", file.toFile());
    }

    private void draw(BufferedImage sheet, float[] pixels, int left, int up) {
        ImageShape shape = images.shape();
        int plane = shape.width() * shape.height();
        for (int i = 0; i < plane; i++) {
            int rgb = 0;
            for (int channel = 0; channel < 3; channel++) {
                float value = pixels[shape.channels() == 1 ? i : channel * plane + i];
                rgb = rgb << 8 | Math.clamp(Math.round(255 * value), 0, 255);
            }
            sheet.setRGB(left + i % shape.width(), up + i / shape.width(), rgb);
        }
    }
}
