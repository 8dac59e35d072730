package dev.steelyard.incremental.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TokenWindowsTest {

    /** A token for each character. */
    private record Letters(OptionalInt begin, OptionalInt end) implements Tokenization {
        @Override
        public int[] ids(String text) {
            return text.chars().map(c -> c - 'a').toArray();
        }
    }

    private static final Tokenization ENDING = new Letters(OptionalInt.empty(), OptionalInt.of(99));

    @Test
    void cutting_is_broken_off_between_texts() {
        List<String> texts = List.of("a", "b");

        assertThatThrownBy(() -> TokenWindows.stream(texts, ENDING, () -> {
                    throw new InterruptedException("cancelled");
                }))
                .isInstanceOf(InterruptedException.class);
    }

    @Test
    void texts_lie_between_end_tokens() throws InterruptedException {
        assertThat(TokenWindows.stream(List.of("ab", "c"), ENDING, () -> {})).containsExactly(99, 0, 1, 99, 2, 99);
    }

    @Test
    void texts_begin_with_their_own_token_where_there_is_one() throws InterruptedException {
        var both = new Letters(OptionalInt.of(98), OptionalInt.of(99));

        assertThat(TokenWindows.stream(List.of("ab", "c"), both, () -> {})).containsExactly(98, 0, 1, 99, 98, 2, 99);
    }

    @Test
    void each_token_but_the_first_is_foretold_once() throws InterruptedException {
        int[] stream = TokenWindows.stream(List.of("abcdefg"), ENDING, () -> {}); // 9 tokens

        List<TokenSequence> all = TokenWindows.all(stream, 3);

        assertThat(all)
                .containsExactly(
                        new TokenSequence(new int[] {99, 0, 1, 2}, 1),
                        new TokenSequence(new int[] {2, 3, 4, 5}, 1),
                        new TokenSequence(new int[] {5, 6, 99}, 1));
        assertThat(all.stream().mapToInt(TokenSequence::learned).sum()).isEqualTo(8);
        assertThat(TokenWindows.full(stream, 3)).isEqualTo(all.subList(0, 2));
        assertThat(TokenWindows.full(stream, 4)).hasSize(2);
    }

    @Test
    void some_windows_are_evenly_spaced() throws InterruptedException {
        List<TokenSequence> all = TokenWindows.all(TokenWindows.stream(List.of("abcdefg"), ENDING, () -> {}), 1); // 8

        assertThat(TokenWindows.some(all, 4)).containsExactly(all.get(0), all.get(2), all.get(4), all.get(6));
        assertThat(TokenWindows.some(all, 9)).isEqualTo(all);
    }
}
