package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.artifacts.dataset.Dataset;
import dev.steelyard.artifacts.dataset.Examples;
import dev.steelyard.artifacts.dataset.Labels;
import dev.steelyard.artifacts.dataset.TextSet;
import dev.steelyard.method.MethodException;
import dev.steelyard.models.text.TextTokenizer;
import dev.steelyard.tensor.train.Shuffle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Labelled texts as tokens.
 *
 * @param tokens of each text
 * @param labels index of each text's class
 */
record LabelledTexts(List<long[]> tokens, List<Integer> labels) {

    /**
     * What there is to train on and to validate with.
     *
     * @param validation may be empty
     * @param test of a data set that has a validation part, too; may be empty
     */
    record Split(List<String> classes, LabelledTexts train, LabelledTexts validation, LabelledTexts test) {}

    private static final LabelledTexts NONE = new LabelledTexts(List.of(), List.of());

    int size() {
        return tokens.size();
    }

    /**
     * Reads labelled texts. The data set's validation part, or else its test part, is the validation; where it has
     * neither, a share of the rows drawn at random.
     *
     * @throws MethodException when there are no texts or no labels, one class alone, or a class that is not trained
     */
    static Split read(Path folder, TextTokenizer tokenizer, double share, RandomGenerator random)
            throws IOException, MethodException {
        Dataset data = Dataset.read(folder);
        TextSet train =
                texts(data.train().orElseThrow(() -> MethodException.input("input data has no texts to train on")));
        Labels labels = labels(train);
        if (labels.classes().size() < 2) {
            throw MethodException.input("input data: expected two classes or more, found " + labels.classes());
        }
        LabelledTexts all = of(train, labels.classes(), tokenizer);
        Optional<Examples> held = data.validation().or(data::test);
        if (held.isPresent()) {
            boolean both = data.validation().isPresent() && data.test().isPresent();
            LabelledTexts test = both ? of(texts(data.test().get()), labels.classes(), tokenizer) : NONE;
            return new Split(labels.classes(), all, of(texts(held.get()), labels.classes(), tokenizer), test);
        }
        return split(labels.classes(), all, (int) Math.round(share * all.size()), random);
    }

    private static TextSet texts(Examples part) throws MethodException {
        if (part instanceof TextSet set && set.labels().isPresent()) {
            return set;
        }
        throw MethodException.input("input data: expected labelled texts, found "
                + (part instanceof TextSet ? "texts without labels" : part.kind()));
    }

    private static Labels labels(TextSet set) {
        return set.labels().orElseThrow();
    }

    private static LabelledTexts of(TextSet set, List<String> classes, TextTokenizer tokenizer) throws MethodException {
        List<Integer> ids = new ArrayList<>();
        for (int row = 0; row < set.size(); row++) {
            String name = labels(set).name(row);
            int id = classes.indexOf(name);
            if (id < 0) {
                throw MethodException.input("input data: class '%s' has no text to train on".formatted(name));
            }
            ids.add(id);
        }
        return new LabelledTexts(set.texts().stream().map(tokenizer::encode).toList(), List.copyOf(ids));
    }

    private static Split split(List<String> classes, LabelledTexts all, int held, RandomGenerator random) {
        int[] order = Shuffle.drawn(all.size(), random);
        return new Split(classes, all.some(order, held, order.length), all.some(order, 0, held), NONE);
    }

    private LabelledTexts some(int[] order, int from, int to) {
        List<long[]> chosen = new ArrayList<>();
        List<Integer> theirs = new ArrayList<>();
        for (int i = from; i < to; i++) {
            chosen.add(tokens.get(order[i]));
            theirs.add(labels.get(order[i]));
        }
        return new LabelledTexts(chosen, theirs);
    }
}
