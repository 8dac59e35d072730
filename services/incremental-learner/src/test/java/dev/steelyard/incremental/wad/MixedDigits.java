package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.dataset.Dataset;
import dev.steelyard.artifacts.dataset.ImageSet;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * Handwritten digits of which 0 to 4 are known: 10 of each labelled, a pool of 400 of each and of digits 5 to 9, whose
 * share is the mismatch, and for the test the last 300 of each. A seed chooses which; the known ones are the same for
 * every mismatch.
 */
final class MixedDigits {
    private static final int KNOWN = 5;
    private static final int LABELLED = 10;
    private static final int POOL = 400;
    private static final int TEST = 300;

    private final ImageSet digits;
    private final Path folder;

    MixedDigits(Path source, Path folder) throws IOException {
        this.digits = (ImageSet) Dataset.read(source).all();
        this.folder = folder;
    }

    /**
     * Folders to import.
     *
     * @param labelled with the parts train and test
     * @param pool PNG files without labels
     * @param truth what they are
     */
    record Folders(Path labelled, Path pool, Path truth) {}

    /** @param mismatch share of the pool that is of unknown digits, [0, 1) */
    Folders draw(double mismatch, long seed) throws IOException {
        Path root = folder.resolve("seed-%d-mismatch-%.1f".formatted(seed, mismatch));
        Random random = new Random(seed);
        List<Integer> pool = new ArrayList<>();
        int unknown = (int) Math.ceil(mismatch * KNOWN * POOL / (1 - mismatch) - 1e-9);
        for (int c = 0; c < 10; c++) {
            List<Integer> all = images(c);
            int kept = c < KNOWN ? TEST : 0;
            List<Integer> learned = new ArrayList<>(all.subList(0, all.size() - kept));
            Collections.shuffle(learned, random);
            if (c < KNOWN) {
                write(all.subList(all.size() - TEST, all.size()), root.resolve("labelled/test/" + c), "test");
                write(learned.subList(0, LABELLED), root.resolve("labelled/train/" + c), "labelled");
                pool.addAll(learned.subList(LABELLED, LABELLED + POOL));
            } else {
                pool.addAll(learned.subList(0, unknown / KNOWN + (c - KNOWN < unknown % KNOWN ? 1 : 0)));
            }
        }
        Collections.shuffle(pool, random);
        write(pool, root.resolve("pool"), "digit");
        Files.createDirectories(root.resolve("truth"));
        Files.writeString(
                root.resolve("truth/truth.jsonl"),
                pool.stream()
                        .map(image -> "{\"id\": \"%s\", \"label\": \"%d\"}%n"
                                .formatted(name("digit", image), digits.label(image)))
                        .collect(Collectors.joining()));
        return new Folders(root.resolve("labelled"), root.resolve("pool"), root.resolve("truth"));
    }

    private List<Integer> images(int label) {
        return IntStream.range(0, digits.size())
                .filter(image -> digits.label(image) == label)
                .boxed()
                .toList();
    }

    /** Names tell nothing of the class: a number that the data set's order has been shuffled into. */
    private static String name(String prefix, int image) {
        return "%s-%04d.png".formatted(prefix, image * 7919L % 10007);
    }

    private void write(List<Integer> images, Path into, String prefix) throws IOException {
        Files.createDirectories(into);
        for (int image : images) {
            var picture = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
            float[] pixels = digits.pixels(new int[] {image});
            for (int i = 0; i < pixels.length; i++) {
                picture.getRaster().setSample(i % 28, i / 28, 0, Math.round(255 * pixels[i]));
            }
            ImageIO.write(picture, "png", into.resolve(name(prefix, image)).toFile());
        }
    }
}
