package dev.steelyard.artifacts.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartsTest {
    @TempDir
    Path folder;

    @Test
    void part_without_labels_is_refused_where_parts_are_joined() throws IOException {
        rows("train.jsonl", "1");
        rows("test.jsonl", "");

        Dataset data = Dataset.read(folder);

        assertThat(data.train().orElseThrow().labels()).isPresent();
        assertThatThrownBy(data::all)
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("the test part has no labels, the training part has");
        assertThat(data.withoutLabels().all().size()).isEqualTo(2);
        assertThat(data.withoutLabels().all().labels()).isEmpty();
    }

    @Test
    void parts_that_are_too_many_values_together_are_refused_with_their_counts() throws IOException {
        var images = new ImageSet(new ImageShape(1, 2, 3), Matrix.of(4, 6, new float[24]), Optional.empty());
        var parts = new Parts(Optional.of(images), Optional.empty(), Optional.of(images));

        assertThat(parts.all(48).size()).isEqualTo(8);
        assertThatThrownBy(() -> parts.all(47))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("24 values in the training part, 24 values in the test part; at most 47 are taken as one");
    }

    @Test
    void parts_with_vectors_of_different_origins_are_refused() throws IOException {
        vectors("train", Map.of("origin", "encoder a", "data", "1"));
        vectors("validation", Map.of("origin", "encoder a", "data", "2"));
        assertThat(Dataset.read(folder).all().size()).isEqualTo(2);

        vectors("test", Map.of("origin", "encoder b"));
        assertThatThrownBy(() -> Dataset.read(folder))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("the vectors of the training part are of the origin 'encoder a', those of the test part of "
                        + "the origin 'encoder b'");

        Files.delete(folder.resolve("test/features.safetensors"));
        Files.writeString(folder.resolve("test/rows.jsonl"), "{\"features\": [1]}");
        assertThatThrownBy(() -> Dataset.read(folder))
                .hasMessageEndingWith("of the test part of no origin that is named");
    }

    private void vectors(String part, Map<String, String> origin) throws IOException {
        Path at = Files.createDirectories(folder.resolve(part));
        FeatureFile.write(at, 1, new float[] {1}, new long[0], origin);
    }

    @Test
    void parts_that_all_have_no_labels_are_joined() throws IOException {
        rows("train.jsonl", "");
        rows("test.jsonl", "");

        assertThat(Dataset.read(folder).all().labels()).isEmpty();
    }

    @Test
    void parts_with_numbers_and_with_text_as_labels_are_refused() throws IOException {
        rows("train.jsonl", "");
        rows("validation.jsonl", "1");
        rows("test.jsonl", "\"1\"");

        assertThatThrownBy(() -> Dataset.read(folder))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("the labels of the validation part are whole numbers, those of the test part text");
    }

    @Test
    void classes_of_joined_parts_are_in_order() throws IOException {
        rows("train.jsonl", "10", "9");
        rows("test.jsonl", "-1", "10");
        Labels numbers = Dataset.read(folder).all().labels().orElseThrow();
        assertThat(numbers.classes()).containsExactly("-1", "9", "10");
        assertThat(names(numbers)).containsExactly("10", "9", "-1", "10");
        assertThat(numbers.numbers()).isTrue();

        rows("train.jsonl", "\"spam\"", "\"ham\"");
        rows("test.jsonl", "\"ads\"");
        Labels texts = Dataset.read(folder).all().labels().orElseThrow();
        assertThat(texts.classes()).containsExactly("ads", "ham", "spam");
        assertThat(names(texts)).containsExactly("spam", "ham", "ads");
    }

    @Test
    void classes_of_a_map_stay_in_its_order() throws IOException {
        Files.writeString(folder.resolve("labels.json"), "[\"spam\", \"ads\", \"ham\"]");
        rows("train.jsonl", "2");
        rows("test.jsonl", "\"ads\"");

        Labels labels = Dataset.read(folder).all().labels().orElseThrow();

        assertThat(labels.classes()).containsExactly("spam", "ads", "ham");
        assertThat(names(labels)).containsExactly("ham", "ads");
    }

    private void rows(String file, String... labels) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (String label : labels) {
            lines.append(
                    label.isEmpty() ? "{\"text\": \"a\"}\n" : "{\"text\": \"a\", \"label\": %s}\n".formatted(label));
        }
        Files.writeString(folder.resolve(file), lines);
    }

    private static List<String> names(Labels labels) {
        return IntStream.range(0, labels.size()).mapToObj(labels::name).toList();
    }
}
