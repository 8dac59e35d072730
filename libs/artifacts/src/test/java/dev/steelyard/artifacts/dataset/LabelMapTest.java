package dev.steelyard.artifacts.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelMapTest {
    @TempDir
    Path folder;

    @Test
    void text_that_is_a_name_stays_it_where_names_look_like_keys() throws IOException {
        map("[\"1\", \"2\", \"3\"]");
        rows("rows.jsonl", "\"1\"", "\"2\"", "\"3\"");

        assertThat(names()).containsExactly("1", "2", "3");
    }

    @Test
    void folders_are_names_before_they_are_keys() throws IOException {
        map("[\"1\", \"2\", \"3\"]");
        for (String name : List.of("1", "2", "3")) {
            Files.createDirectories(folder.resolve(name));
            Files.writeString(folder.resolve(name).resolve("a.txt"), "text of " + name);
        }

        assertThat(names()).containsExactly("1", "2", "3");
    }

    @Test
    void whole_numbers_are_keys_alone() throws IOException {
        map("[\"1\", \"2\", \"3\"]");
        rows("rows.jsonl", "1", "2", "0");
        assertThat(names()).containsExactly("2", "3", "1");

        rows("rows.jsonl", "1", "2", "3");
        refused("rows.jsonl", "line 3: label 3 is not in labels.json");
    }

    @Test
    void text_that_is_no_name_is_a_key() throws IOException {
        map("{\"0\": \"cat\", \"1\": \"1\", \"2\": \"dog\"}");
        rows("rows.jsonl", "\"2\"", "\"1\"", "\"cat\"", "\"0\"");
        assertThat(names()).containsExactly("dog", "1", "cat", "cat");

        rows("rows.jsonl", "\"cat\"", "\"3\"");
        refused("rows.jsonl", "line 2: label '3' is not in labels.json");
    }

    @Test
    void text_that_could_be_name_or_key_is_refused_beside_keys() throws IOException {
        map("[\"1\", \"2\", \"3\"]");
        rows("rows.jsonl", "\"2\"", "\"0\"");
        refused("rows.jsonl", "line 2: label '0', after '2' in rows.jsonl, line 1: one is a name in labels.json");

        rows("rows.jsonl", "\"0\"", "\"3\"");
        rows("test.jsonl", "\"3\"", "\"1\"");
        refused("test.jsonl", "line 2: label '1', after '0' in rows.jsonl, line 1: one is a name in labels.json");
    }

    private void map(String json) throws IOException {
        Files.writeString(folder.resolve("labels.json"), json);
    }

    private void rows(String file, String... labels) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (String label : labels) {
            lines.append("{\"text\": \"a\", \"label\": %s}\n".formatted(label));
        }
        Files.writeString(folder.resolve(file), lines);
    }

    private List<String> names() throws IOException {
        Labels labels = Dataset.read(folder).train().orElseThrow().labels().orElseThrow();
        return IntStream.range(0, labels.size()).mapToObj(labels::name).toList();
    }

    private void refused(String file, String why) {
        assertThatThrownBy(() -> Dataset.read(folder)).isInstanceOfSatisfying(ArtifactException.class, e -> {
            assertThat(e.file()).contains(file);
            assertThat(e).hasMessageContaining(why);
        });
    }
}
