package dev.steelyard.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextTokenizerTest {
    @TempDir
    Path folder;

    @Test
    void text_becomes_word_pieces_between_the_special_tokens() throws IOException {
        try (TextTokenizer tokenizer = bertTokenizer(64)) {
            // [CLS] the cat sits outside [SEP]
            assertThat(tokenizer.encode("The cat sits outside")).containsExactly(101, 1996, 4937, 7719, 2648, 102);
            assertThat(tokenizer.encode("")).containsExactly(101, 102);
        }
    }

    @Test
    void long_text_is_cut_at_the_length_asked_for() throws IOException {
        // the file itself asks for 128
        String text = "cat ".repeat(1000);
        try (TextTokenizer shorter = bertTokenizer(16);
                TextTokenizer longer = bertTokenizer(512)) {
            assertThat(shorter.encode(text)).hasSize(16).endsWith(102);
            assertThat(longer.encode(text)).hasSize(512).endsWith(102);
        }
    }

    @Test
    void file_that_is_no_tokenizer_is_refused() throws IOException {
        assertThatThrownBy(() -> TextTokenizer.open(folder, 64)).hasMessage("tokenizer.json: missing");
        Files.writeString(folder.resolve("tokenizer.json"), "{\"version\": \"1.0\"}");
        assertThatThrownBy(() -> TextTokenizer.open(folder, 64))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("tokenizer.json: not a tokenizer: ");
    }

    @Test
    void ids_outside_the_models_vocabulary_are_refused_at_opening() throws IOException {
        try (TextTokenizer tokenizer = bertTokenizer(64)) {
            assertThat(tokenizer.size()).isEqualTo(30522);
        }
        TextTokenizer.open(folder, 64, 30522).close();

        assertThatThrownBy(() -> TextTokenizer.open(folder, 64, 30521))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("tokenizer.json: ids up to 30521; the model has a vocabulary of 30521");
    }

    @Test
    void batch_is_filled_up_to_its_longest_text() {
        TokenBatch batch = TokenBatch.pad(List.of(new long[] {1, 2}, new long[] {3, 4, 5}), 9);

        assertThat(batch.ids()).containsExactly(1, 2, 9, 3, 4, 5);
        assertThat(batch.lengths()).containsExactly(2, 3);
        assertThat(batch.isPadded()).isTrue();
        assertThat(TokenBatch.pad(List.of(new long[] {1, 2}), 9).isPadded()).isFalse();
    }

    private TextTokenizer bertTokenizer(int maxTokens) throws IOException {
        try (InputStream json =
                Objects.requireNonNull(getClass().getResourceAsStream("/all-minilm-l6-v2-tokenizer.json"))) {
            Files.write(folder.resolve("tokenizer.json"), json.readAllBytes());
        }
        return TextTokenizer.open(folder, maxTokens);
    }
}
