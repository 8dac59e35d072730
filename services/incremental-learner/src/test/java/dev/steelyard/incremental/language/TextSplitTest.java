package dev.steelyard.incremental.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.method.MethodException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextSplitTest {

    private static RandomGenerator random() {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    }

    @Test
    void whole_texts_are_drawn_up_to_a_share_of_the_characters() {
        List<String> texts = IntStream.range(0, 50)
                .mapToObj(i -> ("text " + i + " ").repeat(3))
                .toList();

        TextSplit split = TextSplit.of(texts, 0.2, random());

        assertThat(Stream.concat(split.train().stream(), split.validation().stream()))
                .containsExactlyInAnyOrderElementsOf(texts);
        assertThat(split.validation()).hasSizeBetween(9, 11);
        assertThat(split).isEqualTo(TextSplit.of(texts, 0.2, random()));
        assertThat(TextSplit.of(texts, 0, random()).validation()).isEmpty();
    }

    @Test
    void one_text_alone_gives_its_end() {
        TextSplit split = TextSplit.of(List.of("abcdefg\uD83D\uDE00ij"), 0.3, random());

        assertThat(split.train()).containsExactly("abcdefg");
        assertThat(split.validation()).containsExactly("\uD83D\uDE00ij");
    }

    @Test
    void parts_of_the_data_set_go_before_the_share(@TempDir Path folder) throws IOException, MethodException {
        Files.writeString(folder.resolve("train.jsonl"), "{\"text\": \"a\"}\n{\"text\": \"\"}\n{\"text\": \"b\"}\n");
        Files.writeString(folder.resolve("validation.jsonl"), "{\"text\": \"c\"}\n");

        TextSplit split = TextSplit.read("data", folder, 0.5, random());

        assertThat(split).isEqualTo(new TextSplit(List.of("a", "b"), List.of("c")));
    }

    @Test
    void other_data_is_refused(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("rows.jsonl"), "{\"features\": [1, 2], \"label\": 1}\n");

        assertThatThrownBy(() -> TextSplit.read("data", folder, 0.5, random()))
                .isInstanceOf(MethodException.class)
                .hasMessageContaining("input data: expected texts, found vectors of 2 numbers");
    }
}
