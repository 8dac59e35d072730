package dev.steelyard.incremental.gradnormlorp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.incremental.MiniLm;
import dev.steelyard.incremental.training.Check;
import dev.steelyard.method.MethodException;
import dev.steelyard.models.text.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelledTextsTest {
    @TempDir
    static Path model;

    private static TextTokenizer tokenizer;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() throws IOException {
        tokenizer = TextTokenizer.open(MiniLm.published(model), 16);
    }

    private void rows(String file, String... labels) throws IOException {
        Files.writeString(
                folder.resolve(file),
                Stream.of(labels)
                        .map(label -> "{\"text\": \"of %s\", \"label\": \"%s\"}\n".formatted(label, label))
                        .collect(Collectors.joining()));
    }

    private LabelledTexts.Split read(int seed, Check check) throws Exception {
        return LabelledTexts.read(folder, tokenizer, 0.5, new Random(seed), check);
    }

    @Test
    void one_class_with_texts_is_refused_however_many_are_named() throws Exception {
        Files.writeString(folder.resolve("labels.json"), "[\"a\", \"b\"]");
        rows("train.jsonl", "a", "a", "a");

        assertThatThrownBy(() -> read(1, () -> {}))
                .isInstanceOf(MethodException.class)
                .hasMessage("input data: expected texts of two classes or more to train on, found [a]");
    }

    @Test
    void held_out_class_without_text_to_train_on_is_refused() throws Exception {
        Files.writeString(folder.resolve("labels.json"), "[\"a\", \"b\", \"c\"]");
        rows("train.jsonl", "a", "b");
        rows("test.jsonl", "a", "c");

        assertThatThrownBy(() -> read(1, () -> {}))
                .isInstanceOf(MethodException.class)
                .hasMessage("input data: class 'c' is held out and has no text to train on");
    }

    @Test
    void share_drawn_at_random_takes_no_class_as_a_whole() throws Exception {
        rows("rows.jsonl", "a", "a", "a", "a", "b", "b", "b", "b", "c");
        int refused = 0;
        for (int seed = 0; seed < 20; seed++) {
            try {
                assertThat(read(seed, () -> {}).train().labels()).contains(2);
            } catch (MethodException e) {
                refused++;
            }
        }

        assertThat(refused).isBetween(1, 19);
    }

    @Test
    void reading_is_broken_off_between_texts() throws Exception {
        rows("rows.jsonl", "a", "b", "a", "b");

        assertThatThrownBy(() -> read(1, () -> {
                    throw new InterruptedException("cancelled");
                }))
                .isInstanceOf(InterruptedException.class);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }
}
