package dev.steelyard.incremental.language;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.dataset.Utf8Lines;
import dev.steelyard.method.MethodException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads examples for fine-tuning from the {@code .jsonl} files of a folder, in the order of their names. Prompts, chats and
 * texts begin with the model's begin token, where it has one. A line is one of
 *
 * <ul>
 *   <li>{@code {"prompt": …, "completion": …}}: the loss is taken on the completion and the end token;
 *   <li>{@code {"messages": [{"role": …, "content": …}, …]}}: rendered as ChatML; a sequence for each answer of the
 *       assistant, with what came before it, and the loss on that answer;
 *   <li>{@code {"text": …}}: the loss is taken on all tokens; cut into sequences that overlap by one token.
 * </ul>
 */
public final class FineTuningData {
    private static final JsonMapper JSON = new JsonMapper();

    private final String input;
    private final Tokenization tokens;
    private final int vocabulary;
    private final int longest;
    private final List<TokenSequence> sequences = new ArrayList<>();

    private FineTuningData(String input, Tokenization tokens, int vocabulary, int longest) {
        this.input = input;
        this.tokens = tokens;
        this.vocabulary = vocabulary;
        this.longest = longest;
    }

    /**
     * Reads all examples.
     *
     * @param input name of the job's input, for messages
     * @param vocabulary the model's ids are below it
     * @param longest most tokens of a sequence, 2 or more: answers are cut off there
     * @return one sequence or more
     * @throws MethodException naming file and line of what cannot be used: a completion that is empty or does not begin
     *     within the longest sequence, a token outside the vocabulary
     * @throws ArtifactException naming file and line of what is not UTF-8
     */
    public static List<TokenSequence> read(String input, Path folder, Tokenization tokens, int vocabulary, int longest)
            throws IOException, MethodException {
        var data = new FineTuningData(input, tokens, vocabulary, longest);
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.filter(file -> file.toString().endsWith(".jsonl") && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        }
        if (files.isEmpty()) {
            throw MethodException.input("input " + input + " has no .jsonl file");
        }
        for (Path file : files) {
            data.file(file, folder.relativize(file).toString());
        }
        if (data.sequences.isEmpty()) {
            throw MethodException.input("input " + input + " has no lines");
        }
        return List.copyOf(data.sequences);
    }

    private void file(Path file, String name) throws IOException, MethodException {
        try (Utf8Lines lines = Utf8Lines.open(file, name)) {
            while (lines.next()) {
                if (!lines.text().isBlank()) {
                    line(new Place(file, name, lines.number()), lines.text());
                }
            }
        }
    }

    private record Place(Path file, String name, int line) {
        private MethodException refuse(String why) {
            return MethodException.file(name, "%s: line %d: %s".formatted(name, line, why))
                    .in(file);
        }
    }

    private void line(Place place, String line) throws MethodException {
        JsonNode row;
        try {
            row = JSON.readTree(line);
        } catch (JacksonException e) {
            throw place.refuse("is not valid JSON: " + e.getOriginalMessage());
        }
        if (row.has("prompt") && row.has("completion")) {
            completion(place, text(place, row, "prompt"), text(place, row, "completion"));
        } else if (row.path("messages").isArray()) {
            messages(place, row.path("messages"));
        } else if (row.has("text")) {
            whole(place, text(place, row, "text"));
        } else {
            throw place.refuse("expected prompt and completion, messages, or text");
        }
    }

    private static String text(Place place, JsonNode row, String field) throws MethodException {
        JsonNode value = row.path(field);
        if (!value.isString()) {
            throw place.refuse(field + " is no text");
        }
        return value.stringValue();
    }

    private void completion(Place place, String prompt, String completion) throws MethodException {
        if (completion.isEmpty()) {
            throw place.refuse("the completion is empty");
        }
        answer(place, join(begin(), tokens.ids(prompt)), join(tokens.ids(completion), end()));
    }

    private void messages(Place place, JsonNode messages) throws MethodException {
        StringBuilder before = new StringBuilder();
        boolean answered = false;
        for (JsonNode message : messages) {
            String role = text(place, message, "role");
            String content = text(place, message, "content");
            before.append("<|im_start|>").append(role).append('\n');
            if (role.equals("assistant")) {
                if (content.isEmpty()) {
                    throw place.refuse("an answer of the assistant is empty");
                }
                answer(place, begun(tokens.ids(before.toString())), tokens.ids(content + "<|im_end|>"));
                answered = true;
            }
            before.append(content).append("<|im_end|>\n");
        }
        if (!answered) {
            throw place.refuse("no message has the role assistant: there is nothing to learn");
        }
    }

    private void answer(Place place, int[] prompt, int[] completion) throws MethodException {
        int[] known = prompt.length == 0 ? end() : prompt;
        if (known.length == 0) {
            throw place.refuse("the prompt is empty, and the model has no token that a sequence begins with");
        }
        if (known.length >= longest) {
            throw place.refuse("the prompt has %d tokens; with sequences of %d nothing is left of the completion"
                    .formatted(known.length, longest));
        }
        int[] all = join(known, completion);
        add(place, Arrays.copyOf(all, Math.min(longest, all.length)), known.length);
    }

    private void whole(Place place, String text) throws MethodException {
        int[] all = join(join(begin(), tokens.ids(text)), end());
        if (all.length < 2) {
            throw place.refuse("the text has fewer than two tokens");
        }
        for (int from = 0; from < all.length - 1; from += longest - 1) {
            add(place, Arrays.copyOfRange(all, from, Math.min(all.length, from + longest)), 1);
        }
    }

    private void add(Place place, int[] ids, int first) throws MethodException {
        for (int id : ids) {
            if (id < 0 || id >= vocabulary) {
                throw place.refuse("token %d of input %s is outside the model's vocabulary of %d"
                        .formatted(id, input, vocabulary));
            }
        }
        sequences.add(new TokenSequence(ids, first));
    }

    private int[] begin() {
        return tokens.begin().stream().toArray();
    }

    /** A chat with the begin token before it. Of some models that is {@code <|im_start|>}, which a chat has already. */
    private int[] begun(int[] chat) {
        OptionalInt begin = tokens.begin();
        boolean has = begin.isPresent() && chat.length > 0 && chat[0] == begin.getAsInt();
        return has ? chat : join(begin(), chat);
    }

    private int[] end() {
        return tokens.end().stream().toArray();
    }

    private static int[] join(int[] a, int[] b) {
        return IntStream.concat(IntStream.of(a), IntStream.of(b)).toArray();
    }
}
