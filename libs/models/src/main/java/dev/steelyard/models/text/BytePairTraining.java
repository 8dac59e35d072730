package dev.steelyard.models.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Learns a byte-level byte-pair encoding (Sennrich et al., arXiv:1508.07909; over bytes, Radford et al., 2019): starting
 * from the 256 bytes, the most frequent pair of neighbours inside words becomes a token, again and again. Of pairs equally
 * frequent the one of the smaller ids goes first, so the same texts give the same vocabulary, that of Hugging Face's
 * trainer.
 *
 * <p>Texts may be added one after another; what is kept is each distinct word and its count.
 */
public final class BytePairTraining {
    /** Begins and ends a text; id 0. */
    public static final String END_OF_TEXT = "<|endoftext|>";

    /** Tokens before the first merge: the end of text and the bytes. */
    public static final int SMALLEST = 257;

    private static final Pattern WORD = Pattern.compile(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);
    private static final long LEAST_FREQUENT = 2;

    private final Map<String, Long> counts = new LinkedHashMap<>();

    /** Takes a text's words in. */
    public BytePairTraining add(String text) {
        Matcher words = WORD.matcher(text);
        while (words.find()) {
            counts.merge(words.group(), 1L, Long::sum);
        }
        return this;
    }

    /**
     * Merges until the vocabulary is full, or no pair is there twice.
     *
     * @param vocabulary tokens in all, {@link #SMALLEST} or more
     */
    public BytePairVocabulary learn(int vocabulary) {
        return learn(vocabulary, () -> {});
    }

    /** Looks whether to go on. */
    @FunctionalInterface
    public interface Check<E extends Exception> {
        void run() throws E;
    }

    /**
     * The same, which may be broken off.
     *
     * @param check before each merge
     */
    public <E extends Exception> BytePairVocabulary learn(int vocabulary, Check<E> check) throws E {
        if (vocabulary < SMALLEST) {
            throw new IllegalArgumentException(
                    "vocabulary: expected %d or more, found %d".formatted(SMALLEST, vocabulary));
        }
        return new Merging().run(vocabulary, check);
    }

    private record Pair(int left, int right) implements Comparable<Pair> {
        @Override
        public int compareTo(Pair other) {
            return left != other.left ? Integer.compare(left, other.left) : Integer.compare(right, other.right);
        }
    }

    /** A pair with the count it had when it was queued. */
    private record Candidate(Pair pair, long count) implements Comparable<Candidate> {
        @Override
        public int compareTo(Candidate other) {
            return count != other.count ? Long.compare(other.count, count) : pair.compareTo(other.pair);
        }
    }

    /** A word as the ids of its tokens now. */
    private static final class Word {
        private final long count;
        private int[] ids;

        Word(int[] ids, long count) {
            this.ids = ids;
            this.count = count;
        }
    }

    private final class Merging {
        private final SequencedMap<String, Integer> ids = new LinkedHashMap<>();
        private final List<String> tokens = new ArrayList<>();
        private final List<String> merges = new ArrayList<>();
        private final List<Word> words = new ArrayList<>();
        private final Map<Pair, Long> pairs = new HashMap<>();
        private final Map<Pair, Set<Word>> where = new HashMap<>();
        private final PriorityQueue<Candidate> queue = new PriorityQueue<>();

        <E extends Exception> BytePairVocabulary run(int vocabulary, Check<E> check) throws E {
            token(END_OF_TEXT);
            IntStream.range(0, 256)
                    .mapToObj(b -> String.valueOf(ByteAlphabet.of(b)))
                    .sorted()
                    .forEach(this::token);
            counts.forEach((text, count) -> word(ByteAlphabet.write(text), count));
            pairs.forEach((pair, count) -> queue.add(new Candidate(pair, count)));
            while (tokens.size() < vocabulary && !queue.isEmpty()) {
                Candidate best = queue.remove();
                long count = pairs.getOrDefault(best.pair, 0L);
                if (count != best.count) {
                    requeue(best.pair, count);
                } else if (count < LEAST_FREQUENT) {
                    break;
                } else {
                    check.run();
                    merge(best.pair);
                }
            }
            return new BytePairVocabulary(ids, merges);
        }

        private int token(String text) {
            Integer known = ids.putIfAbsent(text, tokens.size());
            if (known != null) {
                return known;
            }
            tokens.add(text);
            return tokens.size() - 1;
        }

        private void word(String written, long count) {
            Word word = new Word(
                    written.chars().map(c -> token(String.valueOf((char) c))).toArray(), count);
            words.add(word);
            for (int i = 1; i < word.ids.length; i++) {
                change(new Pair(word.ids[i - 1], word.ids[i]), word, count);
            }
        }

        private void change(Pair pair, Word word, long by) {
            pairs.merge(pair, by, Long::sum);
            if (by > 0) {
                where.computeIfAbsent(pair, _ -> new HashSet<>()).add(word);
            }
        }

        private void requeue(Pair pair, long count) {
            if (count > 0) {
                queue.add(new Candidate(pair, count));
            }
        }

        private void merge(Pair pair) {
            String left = tokens.get(pair.left);
            String right = tokens.get(pair.right);
            int merged = token(left + right);
            merges.add(left + " " + right);
            Set<Pair> grown = new HashSet<>();
            for (Word word : where.getOrDefault(pair, Set.of())) {
                merge(word, pair, merged, grown);
            }
            where.remove(pair);
            pairs.remove(pair);
            grown.forEach(each -> requeue(each, pairs.getOrDefault(each, 0L)));
        }

        private void merge(Word word, Pair pair, int merged, Set<Pair> grown) {
            int[] now = new int[word.ids.length];
            int length = 0;
            int i = 0;
            while (i < word.ids.length) {
                if (i + 1 == word.ids.length || word.ids[i] != pair.left || word.ids[i + 1] != pair.right) {
                    now[length++] = word.ids[i++];
                    continue;
                }
                if (length > 0) {
                    replace(new Pair(now[length - 1], pair.left), new Pair(now[length - 1], merged), word, grown);
                }
                if (i + 2 < word.ids.length) {
                    replace(new Pair(pair.right, word.ids[i + 2]), new Pair(merged, word.ids[i + 2]), word, grown);
                }
                now[length++] = merged;
                i += 2;
            }
            word.ids = Arrays.copyOf(now, length);
        }

        private void replace(Pair gone, Pair come, Word word, Set<Pair> grown) {
            change(gone, word, -word.count);
            change(come, word, word.count);
            grown.add(come);
        }
    }
}
