package dev.steelyard.incremental.language;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.models.text.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A folder with {@code tokenizer.json}, to cut training texts with. Its end token is the {@code eos_token_id} of
 * config.json (of several the usual one), or the {@code eos_token} of tokenizer_config.json; texts begin with a token of
 * their own only where the tokenizer puts one there.
 */
public final class TokenizerFolder implements Tokenization, AutoCloseable {
    private static final int ANY_LENGTH = 1 << 30;
    private static final String FILE = "tokenizer.json";
    private static final String SETTINGS = "tokenizer_config.json";
    private static final List<String> FILES =
            List.of(FILE, SETTINGS, "special_tokens_map.json", "added_tokens.json", "chat_template.jinja");
    private static final JsonMapper JSON = new JsonMapper();

    private final Path folder;
    private final TextTokenizer tokenizer;
    private final OptionalInt begin;
    private final int end;

    private TokenizerFolder(Path folder, TextTokenizer tokenizer) throws IOException {
        this.folder = folder;
        this.tokenizer = tokenizer;
        end = token("eos")
                .orElseThrow(() -> new ArtifactException(
                                SETTINGS, null, "eos_token: expected a token that ends a text, found nothing")
                        .in(folder));
        begin = put(tokenizer, token("bos"));
    }

    /** The token that begins a text, if the tokenizer puts it there itself. */
    static OptionalInt put(TextTokenizer tokenizer, OptionalInt first) {
        long[] around = tokenizer.encode("");
        return first.isPresent() && around.length > 0 && around[0] == first.getAsInt() ? first : OptionalInt.empty();
    }

    /** @throws ArtifactException when a file is missing or damaged, or no token ends a text */
    public static TokenizerFolder open(Path folder) throws IOException {
        TextTokenizer tokenizer = TextTokenizer.open(folder, ANY_LENGTH);
        try {
            return new TokenizerFolder(folder, tokenizer);
        } catch (IOException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /** One more than the largest id. */
    public int size() {
        return tokenizer.size();
    }

    @Override
    public int[] ids(String text) {
        return ids(tokenizer, text);
    }

    /** Of a piece of text, with nothing around it. */
    static int[] ids(TextTokenizer tokenizer, String text) {
        return Arrays.stream(tokenizer.encodePiece(text))
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    @Override
    public OptionalInt begin() {
        return begin;
    }

    @Override
    public OptionalInt end() {
        return OptionalInt.of(end);
    }

    /** Text of some tokens, special ones left out. */
    public String text(int[] ids) {
        return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray());
    }

    /** Copies the tokenizer's files. */
    public void copy(Path to) throws IOException {
        for (String file : FILES) {
            if (Files.exists(folder.resolve(file))) {
                Files.write(to.resolve(file), Files.readAllBytes(folder.resolve(file)));
            }
        }
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    private OptionalInt token(String name) throws IOException {
        if (Files.exists(folder.resolve("config.json"))) {
            OptionalInt id = ofModel(folder, name, size() - 1, this::ids);
            if (id.isPresent()) {
                return id;
            }
        }
        return ofSettings(folder, name, this::ids);
    }

    /**
     * The {@code bos_token_id} or {@code eos_token_id} of config.json; where that is a list the one of them that
     * tokenizer_config.json names, or else the first.
     *
     * @param name "bos" or "eos"
     * @param most the largest id there is
     * @param ids of a text
     */
    static OptionalInt ofModel(Path folder, String name, int most, Function<String, int[]> ids) throws IOException {
        ModelConfig config = ModelConfig.read(folder);
        String field = name + "_token_id";
        if (!config.isList(field)) {
            return config.has(field) ? OptionalInt.of(config.integer(field, 0, most)) : OptionalInt.empty();
        }
        List<Integer> all = config.integers(field, 0, most);
        OptionalInt named = ofSettings(folder, name, ids);
        return named.isPresent() && all.contains(named.getAsInt()) ? named : OptionalInt.of(all.getFirst());
    }

    private static OptionalInt ofSettings(Path folder, String name, Function<String, int[]> ids) throws IOException {
        if (!Files.exists(folder.resolve(SETTINGS))) {
            return OptionalInt.empty();
        }
        JsonNode field = json(folder, SETTINGS).path(name + "_token");
        String text = field.isObject() ? field.path("content").asString("") : field.asString("");
        int[] token = text.isEmpty() ? new int[0] : ids.apply(text);
        return token.length == 1 ? OptionalInt.of(token[0]) : OptionalInt.empty();
    }

    private static JsonNode json(Path folder, String file) throws IOException {
        try {
            return JSON.readTree(Files.readAllBytes(folder.resolve(file)));
        } catch (JacksonException e) {
            throw new ArtifactException(file, null, "is not valid JSON: " + e.getOriginalMessage()).in(folder);
        }
    }
}
