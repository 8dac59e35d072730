package dev.steelyard.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Held to Hugging Face's own trainer; see bpe_reference.py. */
class BytePairTrainingTest {
    private static final Path REFERENCE = Path.of("src/test/resources/bpe");
    private static final Path TEXT = Path.of("../../LICENSE");

    @Test
    void learning_is_broken_off_between_merges() {
        var training = new BytePairTraining().add("the cat and the dog and the cat");

        assertThatThrownBy(() -> training.learn(300, () -> {
                    throw new InterruptedException("cancelled");
                }))
                .isInstanceOf(InterruptedException.class);
    }

    @Test
    void merges_are_those_of_the_reference_trainer() throws IOException {
        var learned = new BytePairTraining().add(Files.readString(TEXT)).learn(600);

        assertThat(learned.merges()).containsExactlyElementsOf(Files.readAllLines(REFERENCE.resolve("merges.txt")));
        assertThat(learned.size())
                .isEqualTo(expected().path("vocab").intValue())
                .isEqualTo(600);
    }

    @Test
    void written_tokenizer_encodes_as_the_reference_and_loses_nothing(@TempDir Path folder) throws IOException {
        new BytePairTraining().add(Files.readString(TEXT)).learn(600).write(folder, 64);
        String sentence = expected().path("sentence").stringValue();

        try (var tokenizer = TextTokenizer.open(folder, 1 << 20)) {
            long[] ids = tokenizer.encode(sentence);
            assertThat(ids)
                    .containsExactly(expected()
                            .path("ids")
                            .valueStream()
                            .mapToLong(JsonNode::longValue)
                            .toArray());
            assertThat(tokenizer.decode(ids)).isEqualTo(sentence);
        }
    }

    @Test
    void bytes_alone_are_a_vocabulary(@TempDir Path folder) throws IOException {
        new BytePairTraining().learn(BytePairTraining.SMALLEST).write(folder, 64);

        try (var tokenizer = TextTokenizer.open(folder, 1 << 20)) {
            assertThat(tokenizer.encode("aé")).hasSize(3);
            assertThat(tokenizer.decode(tokenizer.encode("aé\0\n "))).isEqualTo("aé\0\n ");
        }
    }

    @Test
    void texts_without_repetition_end_learning_early() {
        var learned = new BytePairTraining().add("ab cd").learn(300);

        assertThat(learned.size()).isEqualTo(BytePairTraining.SMALLEST);
        assertThatThrownBy(() -> new BytePairTraining().learn(256)).hasMessageContaining("257");
    }

    private static JsonNode expected() throws IOException {
        return new JsonMapper().readTree(Files.readString(REFERENCE.resolve("expected.json")));
    }
}
