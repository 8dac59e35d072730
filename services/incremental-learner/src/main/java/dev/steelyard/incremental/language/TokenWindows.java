package dev.steelyard.incremental.language;

import dev.steelyard.incremental.training.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Texts as one stream of tokens, cut into windows for causal training. Before the first text stands a token to begin
 * with, behind each text the end token; windows overlap by one token, so that each token but the first is foretold once.
 */
public final class TokenWindows {
    private TokenWindows() {}

    /**
     * All tokens of some texts.
     *
     * @param check before each text
     * @throws IllegalArgumentException when they are more than an array holds
     */
    public static int[] stream(List<String> texts, Tokenization tokens, Check check) throws InterruptedException {
        int[] begin = tokens.begin().stream().toArray();
        int[] end = tokens.end().stream().toArray();
        List<int[]> pieces = new ArrayList<>();
        pieces.add(begin.length > 0 ? new int[0] : end);
        for (String text : texts) {
            check.run();
            pieces.add(begin);
            pieces.add(tokens.ids(text));
            pieces.add(end);
        }
        return join(pieces);
    }

    private static int[] join(List<int[]> pieces) {
        long length = pieces.stream().mapToLong(piece -> piece.length).sum();
        if (length > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(length + " tokens do not fit into memory");
        }
        int[] all = new int[(int) length];
        int at = 0;
        for (int[] piece : pieces) {
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
        }
        return all;
    }

    /**
     * Windows of {@code context} + 1 tokens; what is left at the end is a shorter one.
     *
     * @param context tokens that a model sees, 1 or more
     */
    public static List<TokenSequence> all(int[] stream, int context) {
        return IntStream.iterate(0, from -> from < stream.length - 1, from -> from + context)
                .mapToObj(from -> new TokenSequence(
                        Arrays.copyOfRange(stream, from, Math.min(stream.length, from + context + 1)), 1))
                .toList();
    }

    /** The windows of full length alone. */
    public static List<TokenSequence> full(int[] stream, int context) {
        List<TokenSequence> all = all(stream, context);
        boolean shorter = !all.isEmpty() && all.getLast().ids().length <= context;
        return shorter ? all.subList(0, all.size() - 1) : all;
    }

    /** Some of the windows, evenly spaced, in order; all when they are no more. */
    public static List<TokenSequence> some(List<TokenSequence> windows, int count) {
        if (windows.size() <= count) {
            return windows;
        }
        return IntStream.range(0, count)
                .mapToObj(i -> windows.get((int) ((long) windows.size() * i / count)))
                .toList();
    }
}
