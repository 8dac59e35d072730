package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.artifacts.dataset.Dataset;
import dev.steelyard.artifacts.dataset.Examples;
import dev.steelyard.artifacts.dataset.Labels;
import dev.steelyard.artifacts.dataset.TextSet;
import dev.steelyard.incremental.training.Check;
import dev.steelyard.method.MethodException;
import dev.steelyard.models.text.TextTokenizer;
import dev.steelyard.tensor.train.Shuffle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
    record Split(List<String> classes, LabelledTexts train, LabelledTexts validation, LabelledTexts test) {

        /** Classes that are named and have no text are none to train on. */
        private Split trainable() throws MethodException {
            Set<Integer> trained = new TreeSet<>(train.labels);
            if (trained.size() < 2) {
                throw MethodException.input("input data: expected texts of two classes or more to train on, found "
                        + trained.stream().map(classes::get).toList());
            }
            for (LabelledTexts held : List.of(validation, test)) {
                for (int label : held.labels) {
                    if (!trained.contains(label)) {
                        throw untrained(classes.get(label));
                    }
                }
            }
            return this;
        }
    }

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
    static Split read(Path folder, TextTokenizer tokenizer, double share, RandomGenerator random, Check check)
            throws IOException, MethodException, InterruptedException {
        Dataset data = Dataset.read(folder);
        TextSet train =
                texts(data.train().orElseThrow(() -> MethodException.input("input data has no texts to train on")));
        List<String> classes = labels(train).classes();
        LabelledTexts all = of(train, classes, tokenizer, check);
        Optional<Examples> held = data.validation().or(data::test);
        if (held.isPresent()) {
            boolean both = data.validation().isPresent() && data.test().isPresent();
            LabelledTexts test = both ? of(texts(data.test().get()), classes, tokenizer, check) : NONE;
            return new Split(classes, all, of(texts(held.get()), classes, tokenizer, check), test).trainable();
        }
        return split(classes, all, (int) Math.round(share * all.size()), random).trainable();
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

    private static LabelledTexts of(TextSet set, List<String> classes, TextTokenizer tokenizer, Check check)
            throws MethodException, InterruptedException {
        List<long[]> tokens = new ArrayList<>();
        List<Integer> ids = new ArrayList<>();
        for (int row = 0; row < set.size(); row++) {
            String name = labels(set).name(row);
            int id = classes.indexOf(name);
            if (id < 0) {
                throw untrained(name);
            }
            check.run();
            ids.add(id);
            tokens.add(tokenizer.encode(set.texts().get(row)));
        }
        return new LabelledTexts(List.copyOf(tokens), List.copyOf(ids));
    }

    private static MethodException untrained(String name) {
        return MethodException.input("input data: class '%s' is held out and has no text to train on".formatted(name));
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
