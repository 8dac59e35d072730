package dev.steelyard.incremental.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FineTuningDataTest {
    private static final int BEGIN = 1;
    private static final int END = 2;

    @TempDir
    Path folder;

    /** Bytes, with two tokens around a sequence. */
    private record Bytes(OptionalInt begin, OptionalInt end) implements Tokenization {
        @Override
        public int[] ids(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int[] ids = new int[bytes.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = bytes[i] & 0xFF;
            }
            return ids;
        }
    }

    private static final Tokenization PLAIN = new Bytes(OptionalInt.empty(), OptionalInt.empty());
    private static final Tokenization MARKED = new Bytes(OptionalInt.of(BEGIN), OptionalInt.of(END));

    @Test
    void loss_is_taken_on_the_completion_and_the_end() throws Exception {
        write("{\"prompt\": \"ab\", \"completion\": \"cd\"}");

        assertThat(read(PLAIN, 10)).containsExactly(new TokenSequence(new int[] {'a', 'b', 'c', 'd'}, 2));
        assertThat(read(MARKED, 10)).containsExactly(new TokenSequence(new int[] {BEGIN, 'a', 'b', 'c', 'd', END}, 3));
        assertThat(read(MARKED, 4))
                .as("a long answer is cut off")
                .containsExactly(new TokenSequence(new int[] {BEGIN, 'a', 'b', 'c'}, 3));
    }

    @Test
    void each_answer_of_a_conversation_is_learned_after_what_came_before() throws Exception {
        write(
                "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"}, "
                        + "{\"role\": \"user\", \"content\": \"c\"}, {\"role\": \"assistant\", \"content\": \"d\"}]}");

        List<TokenSequence> sequences = read(PLAIN, 1000);

        assertThat(sequences).hasSize(2);
        assertThat(text(sequences.getFirst(), 0))
                .isEqualTo("<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\nb<|im_end|>");
        assertThat(text(sequences.getFirst(), sequences.getFirst().first())).isEqualTo("b<|im_end|>");
        assertThat(text(sequences.getLast(), sequences.getLast().first())).isEqualTo("d<|im_end|>");
        assertThat(text(sequences.getLast(), 0)).startsWith(text(sequences.getFirst(), 0) + "\n<|im_start|>user\nc");
    }

    @Test
    void conversation_begins_with_the_begin_token_once() throws Exception {
        write(
                "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"}, "
                        + "{\"role\": \"user\", \"content\": \"b\"}, {\"role\": \"assistant\", \"content\": \"a\"}]}");
        // <|im_start|> user a <|im_end|> <|im_start|> assistant b <|im_end|> …
        int[] first = {3, 5, 7, 4, 3, 6, 8, 4};
        int[] second = {3, 5, 7, 4, 3, 6, 8, 4, 3, 5, 8, 4, 3, 6, 7, 4};

        assertThat(tokenized(""))
                .as("a tokenizer that adds no token")
                .containsExactly(new TokenSequence(first, 6), new TokenSequence(second, 14));
        assertThat(tokenized("<s>"))
                .containsExactly(new TokenSequence(join(BEGIN, first), 7), new TokenSequence(join(BEGIN, second), 15));
        assertThat(tokenized("<|im_start|>"))
                .as("a begin token that the chat has already")
                .containsExactly(new TokenSequence(first, 6), new TokenSequence(second, 14));

        SequenceBatch batch = SequenceBatch.of(tokenized("<s>"), new int[] {0});
        long ignored = SequenceBatch.IGNORED;
        assertThat(batch.inputs()).containsExactly(BEGIN, 3, 5, 7, 4, 3, 6, 8);
        assertThat(batch.targets())
                .as("the loss is on the answer and its end")
                .containsExactly(ignored, ignored, ignored, ignored, ignored, ignored, 8, 4);
    }

    /** Sequences of a model whose tokenizer.json puts a token before each text, or none. */
    private List<TokenSequence> tokenized(String begin) throws Exception {
        List<String> words =
                List.of("[UNK]", "<s>", "</s>", "<|im_start|>", "<|im_end|>", "user", "assistant", "a", "b");
        int id = Math.max(BEGIN, words.indexOf(begin));
        String template = """
                {"type": "TemplateProcessing",
                  "single": [{"SpecialToken": {"id": "X", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                  "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
                  "special_tokens": {"X": {"id": "X", "ids": [%d], "tokens": ["%s"]}}}""".formatted(id, begin);
        String added = words.subList(BEGIN, 5).stream()
                .map(word -> """
                        {"id": %d, "content": "%s", "single_word": false, "lstrip": false, "rstrip": false,
                         "normalized": false, "special": true}""".formatted(words.indexOf(word), word))
                .collect(Collectors.joining(", "));
        String vocabulary = words.stream()
                .map(word -> "\"%s\": %d".formatted(word, words.indexOf(word)))
                .collect(Collectors.joining(", "));
        Path model = Files.createDirectories(folder.resolve("model"));
        Files.writeString(
                model.resolve("config.json"), "{\"bos_token_id\": %d, \"eos_token_id\": %d}".formatted(id, END));
        Files.writeString(
                model.resolve("tokenizer.json"), """
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [%s], "normalizer": null,
                 "pre_tokenizer": {"type": "Whitespace"}, "post_processor": %s, "decoder": null,
                 "model": {"type": "WordLevel", "vocab": {%s}, "unk_token": "[UNK]"}}
                """.formatted(added, begin.isEmpty() ? "null" : template, vocabulary));
        try (var tokens = ModelTokens.open(model)) {
            return FineTuningData.read("data", folder, tokens, words.size(), 1000);
        }
    }

    private static int[] join(int first, int[] others) {
        return IntStream.concat(IntStream.of(first), IntStream.of(others)).toArray();
    }

    @Test
    void text_is_cut_so_that_each_token_but_the_first_is_learned_once() throws Exception {
        write("{\"text\": \"abcdefg\"}");

        assertThat(read(PLAIN, 4))
                .containsExactly(
                        new TokenSequence(new int[] {'a', 'b', 'c', 'd'}, 1),
                        new TokenSequence(new int[] {'d', 'e', 'f', 'g'}, 1));
        assertThat(read(PLAIN, 5).stream().mapToInt(TokenSequence::learned).sum())
                .isEqualTo(6);
    }

    @Test
    void lines_that_teach_nothing_are_refused_by_place() throws Exception {
        refused("{\"prompt\": \"a\", \"completion\": \"\"}", "data.jsonl: line 2: the completion is empty");
        refused("{\"prompt\": \"\", \"completion\": \"b\"}", "line 2: the prompt is empty, and the model has no token");
        refused("{\"prompt\": \"abcdefghij\", \"completion\": \"b\"}", "line 2: the prompt has 10 tokens");
        refused("{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}", "no message has the role assistant");
        refused("{\"text\": \"a\"}", "the text has fewer than two tokens");
        refused("{\"text\": \"\u00e9\u00e9\"}", "token 195 of input data is outside the model's vocabulary of 128");
        refused("{\"label\": 1}", "expected prompt and completion, messages, or text");
        refused("{", "is not valid JSON");
        Files.delete(folder.resolve("data.jsonl"));
        assertThatThrownBy(() -> read(PLAIN, 8)).hasMessage("input data has no .jsonl file");
    }

    @Test
    void line_that_is_not_utf_8_is_refused_by_its_own_number() throws Exception {
        String lines = "{\"text\": \"abc\"}\n".repeat(49) + "{\"text\": \"\u00e9\"}\n";
        Files.write(folder.resolve("data.jsonl"), lines.getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> read(PLAIN, 8))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("data.jsonl: line 50: is not UTF-8");
    }

    @Test
    void padding_and_prompts_have_no_part_in_the_loss() throws Exception {
        Torch.start(2);
        write("{\"prompt\": \"ab\", \"completion\": \"cd\"}\n{\"prompt\": \"a\", \"completion\": \"efghi\"}");
        List<TokenSequence> sequences = read(PLAIN, 10);
        SequenceBatch batch = SequenceBatch.of(sequences, new int[] {0, 1});
        long ignored = SequenceBatch.IGNORED;

        assertThat(batch.columns()).isEqualTo(5);
        assertThat(batch.inputs()).containsExactly('a', 'b', 'c', 0, 0, 'a', 'e', 'f', 'g', 'h');
        assertThat(batch.targets()).containsExactly(ignored, 'c', 'd', ignored, ignored, 'e', 'f', 'g', 'h', 'i');
        try (var _ = TensorScope.open()) {
            // uniform over 128 tokens
            assertThat(batch.loss(FineTuningDataTest::uniform).item_double()).isCloseTo(Math.log(128), within(1e-5));
        }
        assertThat(MeanLoss.of(sequences, 1, FineTuningDataTest::uniform, () -> {}))
                .isCloseTo(Math.log(128), within(1e-5));
    }

    private static Tensor uniform(Tensor ids) {
        return torch.zeros(ids.size(0), ids.size(1), 128);
    }

    private void refused(String line, String message) throws IOException {
        write("{\"text\": \"abc\"}\n" + line);
        assertThatThrownBy(() -> read(PLAIN, 8))
                .isInstanceOf(MethodException.class)
                .hasMessageContaining(message);
    }

    private void write(String lines) throws IOException {
        Files.writeString(folder.resolve("data.jsonl"), lines + "\n");
    }

    private List<TokenSequence> read(Tokenization tokens, int longest) throws IOException, MethodException {
        return FineTuningData.read("data", folder, tokens, 128, longest);
    }

    private static String text(TokenSequence sequence, int from) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < sequence.ids().length; i++) {
            text.append((char) sequence.ids()[i]);
        }
        return text.toString();
    }
}
