package dev.steelyard.incremental.language;

import dev.steelyard.models.text.TextTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A model folder's own tokens: those of its tokenizer.json, or UTF-8 bytes where it has none. A sequence begins with
 * config.json's {@code bos_token_id} if the tokenizer puts it there itself, and ends with its {@code eos_token_id}; of
 * several with the one that tokenizer_config.json names, or else the first.
 */
public final class ModelTokens implements Tokenization, AutoCloseable {
    private static final int ANY_LENGTH = 1 << 30;

    private final @Nullable TextTokenizer tokenizer;
    private final OptionalInt begin;
    private final OptionalInt end;

    private ModelTokens(@Nullable TextTokenizer tokenizer, OptionalInt begin, OptionalInt end) {
        this.tokenizer = tokenizer;
        this.begin = begin;
        this.end = end;
    }

    /** @throws dev.steelyard.artifacts.ArtifactException when tokenizer.json or config.json cannot be read */
    public static ModelTokens open(Path folder) throws IOException {
        if (!Files.exists(folder.resolve("tokenizer.json"))) {
            OptionalInt end = TokenizerFolder.ofModel(folder, "eos", Integer.MAX_VALUE, _ -> new int[0]);
            return new ModelTokens(null, OptionalInt.empty(), end);
        }
        TextTokenizer tokenizer = TextTokenizer.open(folder, ANY_LENGTH);
        try {
            Function<String, int[]> ids = text -> TokenizerFolder.ids(tokenizer, text);
            OptionalInt begin = TokenizerFolder.ofModel(folder, "bos", Integer.MAX_VALUE, ids);
            OptionalInt end = TokenizerFolder.ofModel(folder, "eos", Integer.MAX_VALUE, ids);
            return new ModelTokens(tokenizer, TokenizerFolder.put(tokenizer, begin), end);
        } catch (IOException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    @Override
    public int[] ids(String text) {
        if (tokenizer != null) {
            return TokenizerFolder.ids(tokenizer, text);
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = Byte.toUnsignedInt(bytes[i]);
        }
        return ids;
    }

    @Override
    public OptionalInt begin() {
        return begin;
    }

    @Override
    public OptionalInt end() {
        return end;
    }

    @Override
    public void close() {
        if (tokenizer != null) {
            tokenizer.close();
        }
    }
}
