package dev.steelyard.artifacts.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Utf8LinesTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("rows.jsonl");
    }

    @Test
    void lines_are_those_of_a_buffered_reader() throws IOException {
        String filler = "ü".repeat(40_000); // 80,000 bytes: over the end of a block
        for (String text : List.of(
                "",
                "\n",
                "a",
                "a\n",
                "a\nb",
                "a\r\nb\r\n",
                "a\rb\r",
                "\r\n\r\n",
                "a\n\r\nb\r\r\nc",
                filler + "\r\nb")) {
            Files.writeString(file, text);

            assertThat(lines())
                    .as(text.replace("\r", "\\r").replace("\n", "\\n"))
                    .isEqualTo(expected());
        }
    }

    @Test
    void ends_of_lines_may_fall_between_blocks() throws IOException {
        for (int length = (1 << 16) - 2; length <= (1 << 16) + 1; length++) {
            Files.writeString(file, "x".repeat(length) + "\r\nb\r\n");

            assertThat(lines()).containsExactly("x".repeat(length), "b");
        }
    }

    @Test
    void byte_order_mark_is_no_part_of_the_first_line() throws IOException {
        Files.writeString(file, "\uFEFFa\n\uFEFFb\n");

        assertThat(lines()).containsExactly("a", "\uFEFFb");
    }

    @Test
    void line_that_is_not_utf_8_is_named_far_into_the_file() throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (int line = 1; line < 50; line++) {
            bytes.writeBytes(("line " + line + "\n").getBytes(StandardCharsets.UTF_8));
        }
        bytes.write(0xE9); // é in Latin-1
        bytes.write('\n');
        Files.write(file, bytes.toByteArray());

        try (Utf8Lines lines = Utf8Lines.open(file, "train/rows.jsonl")) {
            for (int line = 1; line < 50; line++) {
                assertThat(lines.next()).isTrue();
                assertThat(lines.number()).isEqualTo(line);
            }
            assertThatThrownBy(lines::next)
                    .isInstanceOf(ArtifactException.class)
                    .hasMessage("train/rows.jsonl: line 50: is not UTF-8");
        }
    }

    @Test
    void character_that_a_line_cuts_off_is_refused() throws IOException {
        Files.write(file, new byte[] {'a', '\n', (byte) 0xC3, '\n', (byte) 0xBC});

        assertThatThrownBy(this::lines).hasMessage("rows.jsonl: line 2: is not UTF-8");
    }

    @Test
    void line_without_an_end_is_refused_before_it_fills_the_memory() throws IOException {
        Files.writeString(file, "a\n");
        try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.setLength(1L << 32);
        }

        assertThatThrownBy(this::lines).hasMessage("rows.jsonl: line 2: is longer than 64 MiB");
    }

    private List<String> lines() throws IOException {
        List<String> found = new ArrayList<>();
        try (Utf8Lines lines = Utf8Lines.open(file, "rows.jsonl")) {
            while (lines.next()) {
                found.add(lines.text());
                assertThat(lines.number()).isEqualTo(found.size());
            }
        }
        return found;
    }

    private List<String> expected() throws IOException {
        try (var reader = Files.newBufferedReader(file)) {
            return reader.lines().toList();
        }
    }
}
