package dev.steelyard.incremental.language;

import dev.steelyard.artifacts.dataset.Dataset;
import dev.steelyard.artifacts.dataset.Examples;
import dev.steelyard.artifacts.dataset.TextSet;
import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.train.Shuffle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Texts to train on and texts to validate with.
 *
 * @param validation may be empty
 * @param test of a data set that has a validation part, too; may be empty
 */
public record TextSplit(List<String> train, List<String> validation, List<String> test) {

    public TextSplit {
        train = List.copyOf(train);
        validation = List.copyOf(validation);
        test = List.copyOf(test);
    }

    TextSplit(List<String> train, List<String> validation) {
        this(train, validation, List.of());
    }

    /**
     * Reads the texts of a data set. Its validation part is the validation, or where there is none its test part; where
     * there is neither, whole texts drawn at random until they hold the share of all characters, or the end of the text
     * when there is one alone.
     *
     * @param input name of the job's input, for messages
     * @param share of the characters to validate with, [0, 1)
     * @throws MethodException when the data set holds something else than texts, or nothing to train on
     */
    public static TextSplit read(String input, Path folder, double share, RandomGenerator random)
            throws IOException, MethodException {
        Dataset data = Dataset.read(folder);
        List<String> train = texts(input, data.train());
        List<String> held = texts(input, data.validation().or(data::test));
        TextSplit split = held.isEmpty() ? of(train, share, random) : new TextSplit(train, held, test(data));
        if (split.train.isEmpty()) {
            throw MethodException.input("input " + input + " has no texts to train on");
        }
        return split;
    }

    private static List<String> test(Dataset data) {
        return data.validation().isPresent() && data.test().orElse(null) instanceof TextSet set
                ? filled(set)
                : List.of();
    }

    private static List<String> filled(TextSet set) {
        return set.texts().stream().filter(text -> !text.isEmpty()).toList();
    }

    private static List<String> texts(String input, Optional<Examples> part) throws MethodException {
        if (part.isEmpty()) {
            return List.of();
        }
        if (part.get() instanceof TextSet set) {
            return filled(set);
        }
        throw MethodException.input(
                "input %s: expected texts, found %s".formatted(input, part.get().kind()));
    }

    /** Draws texts until they hold a share of all characters; at least one is left to train on. */
    static TextSplit of(List<String> texts, double share, RandomGenerator random) {
        long wanted = Math.round(share * characters(texts));
        if (wanted == 0 || texts.isEmpty()) {
            return new TextSplit(texts, List.of());
        }
        if (texts.size() == 1) {
            String text = texts.getFirst();
            int cut = text.offsetByCodePoints(0, (int) (text.codePointCount(0, text.length()) * (1 - share)));
            return new TextSplit(List.of(text.substring(0, cut)), List.of(text.substring(cut)));
        }
        boolean[] drawn = draw(texts, wanted, random);
        List<String> train = new ArrayList<>();
        List<String> validation = new ArrayList<>();
        for (int i = 0; i < drawn.length; i++) {
            (drawn[i] ? validation : train).add(texts.get(i));
        }
        return new TextSplit(train, validation);
    }

    private static boolean[] draw(List<String> texts, long wanted, RandomGenerator random) {
        int[] order = Shuffle.drawn(texts.size(), random);
        boolean[] drawn = new boolean[order.length];
        long characters = 0;
        for (int i = 0; i + 1 < order.length && characters < wanted; i++) {
            drawn[order[i]] = true;
            characters += texts.get(order[i]).length();
        }
        return drawn;
    }

    private static long characters(List<String> texts) {
        return texts.stream().mapToLong(String::length).sum();
    }

    /** Bytes of some texts in UTF-8. */
    public static long bytes(List<String> texts) {
        return texts.stream()
                .mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }
}
