package dev.steelyard.models.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.Reading;
import dev.steelyard.tensor.NativeLoading;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A tokenizer read from Hugging Face's {@code tokenizer.json}. Truncation and padding that the file asks for are not
 * applied: texts are cut at a length given here, and {@link TokenBatch} pads.
 *
 * <p>The native library comes out of the jar, into {@code ~/.djl.ai}; nothing is ever looked up on a network. May be
 * used by several threads at once.
 */
public final class TextTokenizer implements AutoCloseable {
    private static final String FILE = "tokenizer.json";
    private static final JsonMapper JSON = new JsonMapper();
    private static final long MAX_BYTES = 64L << 20;

    private final HuggingFaceTokenizer tokenizer;
    private final int maxTokens;
    private final int size;

    private TextTokenizer(HuggingFaceTokenizer tokenizer, int maxTokens, int size) {
        this.tokenizer = tokenizer;
        this.maxTokens = maxTokens;
        this.size = size;
    }

    /**
     * Reads {@code tokenizer.json} in a model's folder.
     *
     * @param maxTokens longer texts are cut at so many tokens, special ones included
     * @throws ArtifactException when the file is missing, larger than 64 MiB or not a tokenizer
     */
    public static TextTokenizer open(Path folder, int maxTokens) throws IOException {
        return Reading.in(folder, () -> read(folder, maxTokens));
    }

    /**
     * The same for a model of a vocabulary.
     *
     * @param vocabulary the model's ids are below it
     * @throws ArtifactException also when the tokenizer has an id that the model has not
     */
    public static TextTokenizer open(Path folder, int maxTokens, int vocabulary) throws IOException {
        TextTokenizer tokenizer = open(folder, maxTokens);
        if (tokenizer.size() > vocabulary) {
            tokenizer.close();
            throw new ArtifactException(
                            FILE,
                            null,
                            "ids up to %d; the model has a vocabulary of %d"
                                    .formatted(tokenizer.size() - 1, vocabulary))
                    .in(folder);
        }
        return tokenizer;
    }

    private static TextTokenizer read(Path folder, int maxTokens) throws IOException {
        byte[] json;
        try {
            Path path = folder.resolve(FILE);
            if (Files.size(path) > MAX_BYTES) {
                throw new ArtifactException(
                        FILE, null, "%d bytes; at most %d are read".formatted(Files.size(path), MAX_BYTES));
            }
            json = Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            throw new ArtifactException(FILE, null, "missing");
        }
        goOffline();
        NativeLoading.run("tokenizers", () -> {
            LibUtils.checkStatus();
            return LibUtils.class;
        });
        try {
            var options = Map.of(
                    "addSpecialTokens", "true",
                    "truncation", "true",
                    "maxLength", Integer.toString(maxTokens),
                    "modelMaxLength", Integer.toString(maxTokens),
                    "padding", "false");
            int size = size(JSON.readTree(json));
            return new TextTokenizer(
                    HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options), maxTokens, size);
        } catch (RuntimeException e) {
            throw new ArtifactException(FILE, null, "not a tokenizer: " + e.getMessage());
        }
    }

    private static int size(JsonNode file) {
        JsonNode vocabulary = file.path("model").path("vocab");
        IntStream model = vocabulary.isArray()
                ? IntStream.of(vocabulary.size() - 1)
                : vocabulary.properties().stream().map(Map.Entry::getValue).mapToInt(JsonNode::intValue);
        Stream<JsonNode> added = file.path("added_tokens").valueStream();
        return IntStream.concat(model, added.mapToInt(token -> token.path("id").intValue()))
                        .max()
                        .orElse(-1)
                + 1;
    }

    /** One more than the largest id. */
    public int size() {
        return size;
    }

    /** The text of some tokens, special ones left out. */
    public String decode(long[] ids) {
        return tokenizer.decode(ids, true);
    }

    /** The same as {@link #encode} for many texts at once. */
    public List<long[]> encode(List<String> texts) {
        return Arrays.stream(tokenizer.batchEncode(texts)).map(Encoding::getIds).toList();
    }

    /** Ids of the text's tokens, special ones included, at most {@link #maxTokens()}. */
    public long[] encode(String text) {
        return tokenizer.encode(text).getIds();
    }

    /** Ids of a piece of text, without special tokens around it, at most {@link #maxTokens()}. */
    public long[] encodePiece(String text) {
        return tokenizer.encode(text, false, false).getIds();
    }

    public int maxTokens() {
        return maxTokens;
    }

    /** DJL would report its use over the network and download libraries for graphics cards. */
    private static void goOffline() {
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
