package dev.steelyard.incremental.gacil;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.tensor.Torch;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RandomBufferTest {
    @BeforeEach
    void start() {
        Torch.start(2);
    }

    @ParameterizedTest
    @CsvSource({
        "3, 2, ba96bc43ec9feac27f88deb6184052d01646057b98db34973a86363d9b44d45e",
        "300, 1024, 7915386c4835ca613e2b98f65d56ca20a6d898c7a9b0b49492b39d2fffefc260" // more than is hashed at once
    })
    void hash_is_that_of_all_entries_as_one(int features, int expansion, String hash) {
        try (var buffer = RandomBuffer.draw(features, expansion, new Random(1))) {
            assertThat(buffer.hash()).isEqualTo(hash);
        }
    }

    @Test
    void as_many_entries_as_an_array_can_hold_are_allowed() {
        assertThatCode(() -> RandomBuffer.requireRoom(65_535, 32_768)).doesNotThrowAnyException();
        assertThatThrownBy(() -> RandomBuffer.requireRoom(65_536, 32_768))
                .hasMessage("32768 for 65536 features is more than the random buffer can hold; at most 32767");
    }
}
