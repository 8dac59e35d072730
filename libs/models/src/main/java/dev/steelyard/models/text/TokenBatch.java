package dev.steelyard.models.text;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Tokens of some texts, filled up on the right to the length of the longest. */
public final class TokenBatch {
    private final long[] ids;
    private final long[] lengths;
    private final int length;

    private TokenBatch(long[] ids, long[] lengths, int length) {
        this.ids = ids;
        this.lengths = lengths;
        this.length = length;
    }

    /**
     * @param texts token ids of each text, at least one text
     * @param padToken id to fill up with
     */
    public static TokenBatch pad(List<long[]> texts, long padToken) {
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("a batch needs at least one text");
        }
        int length = texts.stream().mapToInt(text -> text.length).max().orElse(0);
        long[] ids = new long[Math.multiplyExact(texts.size(), length)];
        Arrays.fill(ids, padToken);
        for (int i = 0; i < texts.size(); i++) {
            long[] text = texts.get(i);
            System.arraycopy(text, 0, ids, i * length, text.length);
        }
        return new TokenBatch(ids, texts.stream().mapToLong(text -> text.length).toArray(), length);
    }

    /** Number of texts, n. */
    public int size() {
        return lengths.length;
    }

    /** Tokens of the longest text, t. */
    public int length() {
        return length;
    }

    /** [n, t], row-major. */
    public long[] ids() {
        return ids.clone();
    }

    /** [n], tokens of each text without padding. */
    public long[] lengths() {
        return lengths.clone();
    }

    /** 0, 1, …, t - 1. */
    public long[] positions() {
        return LongStream.range(0, length).toArray();
    }

    public boolean isPadded() {
        return Arrays.stream(lengths).anyMatch(l -> l < length);
    }
}
