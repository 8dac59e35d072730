package dev.steelyard.artifacts.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that Python's pyarrow wrote; {@code parquet/make.py} says how. */
class ParquetFilesTest {
    @TempDir
    Path folder;

    private void put(String name, String as) throws IOException {
        Path target = folder.resolve(as);
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        try (InputStream in =
                Objects.requireNonNull(getClass().getResourceAsStream("/parquet/" + name + ".parquet"), name)) {
            Files.copy(in, target);
        }
    }

    private Examples read(String name) throws IOException {
        put(name, "rows.parquet");
        return Dataset.read(folder).train().orElseThrow();
    }

    @Test
    void images_in_structs_have_the_names_that_the_footer_gives_their_classes() throws Exception {
        ImageSet set = (ImageSet) read("images-struct-snappy");

        assertThat(set.shape()).isEqualTo(new ImageShape(1, 2, 3));
        assertThat(set.size()).isEqualTo(5);
        assertThat(set.pixels(new int[] {4})).containsExactly(pixels(4));
        assertThat(set.classes()).containsExactly("cat", "dog");
        assertThat(set.labels(new int[] {0, 1, 2, 3, 4})).containsExactly(0, 1, 1, 0, 1);
    }

    /** As make.py draws them. */
    private static float[] pixels(int row) {
        float[] values = new float[6];
        for (int i = 0; i < values.length; i++) {
            values[i] = (40 * i + row) / 255f;
        }
        return values;
    }

    @Test
    void labels_json_goes_before_the_footer() throws Exception {
        Files.writeString(folder.resolve("labels.json"), "[\"tom\", \"rex\", \"fin\"]");

        assertThat(((ImageSet) read("images-struct-snappy")).classes()).containsExactly("tom", "rex", "fin");
    }

    @Test
    void images_are_read_from_plain_bytes() throws Exception {
        ImageSet set = (ImageSet) read("images-binary-plain");

        assertThat(set.pixels(new int[] {1, 2})).startsWith(pixels(1)).endsWith(pixels(2));
        assertThat(set.classes()).containsExactly("3", "7");
    }

    @Test
    void images_are_called_as_the_column_id_says() throws Exception {
        ImageSet set = (ImageSet) read("images-with-ids");

        assertThat(set.ids()).contains(List.of("x", "y", "z"));
        assertThat(set.subset(new int[] {2, 0}).ids()).contains(List.of("z", "x"));
    }

    @Test
    void images_have_no_names_without_a_column_id() throws Exception {
        assertThat(((ImageSet) read("images-binary-plain")).ids()).isEmpty();
    }

    @Test
    void texts_are_read_through_dictionaries_and_row_groups() throws Exception {
        TextSet set = (TextSet) read("texts-zstd");

        assertThat(set.texts()).containsExactly("good", "bad", "größer", "", "bad", "fine", "worse");
        Labels labels = set.labels().orElseThrow();
        assertThat(labels.classes()).containsExactly("ham", "spam");
        assertThat(labels.name(6)).isEqualTo("spam");
        assertThat(labels.name(2)).isEqualTo("ham");
    }

    @ParameterizedTest
    @ValueSource(strings = {"features-list-gzip", "features-fixed-v2"})
    void vectors_are_read_from_lists(String name) throws Exception {
        FeatureSet set = (FeatureSet) read(name);

        assertThat(set.values().rows()).isEqualTo(7);
        assertThat(set.values().columns()).isEqualTo(3);
        assertThat(set.values().isDouble()).isEqualTo(name.contains("fixed"));
        for (int row = 0; row < 7; row++) {
            assertThat(set.values().get(row, 0)).isEqualTo(row + 0.5);
            assertThat(set.values().get(row, 1)).isEqualTo(-row);
            assertThat(set.values().get(row, 2)).isEqualTo(row * 0.25);
            assertThat(set.labels().orElseThrow().id(row)).isEqualTo(row % 3);
        }
    }

    @Test
    void doubles_after_floats_are_not_rounded() throws Exception {
        put("features-list-gzip", "a.parquet");
        put("features-tenths", "b.parquet");

        Matrix values = ((FeatureSet) Dataset.read(folder).all()).values();

        assertThat(values.get(6, 0)).isEqualTo(6.5);
        assertThat(values.get(7, 0)).isEqualTo(0.1);
    }

    @Test
    void several_files_are_one_part_and_names_tell_the_parts() throws Exception {
        put("features-list-gzip", "data/train-00000-of-00002.parquet");
        put("features-list-gzip", "data/train-00001-of-00002.parquet");
        put("features-list-gzip", "data/validation-00000-of-00001.parquet");
        put("features-list-gzip", "data/test-00000-of-00001.parquet");
        Files.writeString(folder.resolve("README.md"), "about");

        Dataset data = Dataset.read(folder);

        assertThat(data.train().orElseThrow().size()).isEqualTo(14);
        assertThat(data.validation().orElseThrow().size()).isEqualTo(7);
        assertThat(data.test().orElseThrow().size()).isEqualTo(7);
        assertThat(data.all().size()).isEqualTo(28);
    }

    @Test
    void files_of_one_part_must_be_alike() throws Exception {
        put("features-list-gzip", "a.parquet");
        put("texts-zstd", "b.parquet");
        assertRefused("b.parquet", "has the column text, files before it have features");

        Files.delete(folder.resolve("b.parquet"));
        put("null-feature", "b.parquet");
        assertRefused("b.parquet", "has no column label, files before it have one");

        Files.delete(folder.resolve("a.parquet"));
        Files.delete(folder.resolve("b.parquet"));
        put("images-struct-snappy", "a.parquet");
        put("images-binary-plain", "b.parquet");
        assertRefused("b.parquet", "names other classes than files before it");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            null-text     | row 2: column text: null
            null-label    | row 1: column label: null
            null-image    | row 1: column image.bytes: null
            null-bytes    | row 1: column image.bytes: null
            null-list     | row 1: column features.list.element: null
            null-feature  | row 1: column features.list.element: feature 1: null
            nan-feature   | row 1: feature 1: NaN is not a finite number
            ragged        | row 2: has 1 features, rows before it have 2
            nested        | column features is a list of a list of DOUBLE, expected a list of float or double
            null-id       | row 1: column id: null
            latin-text    | row 2: column text: is not UTF-8
            latin-label   | row 0: column label: is not UTF-8
            latin-id      | row 0: column id: is not UTF-8
            no-image      | row 1: is not an image
            odd-label     | column label is DOUBLE, expected whole numbers or text
            date-label    | column label is DATE, expected whole numbers or text
            brotli        | column text is compressed with BROTLI; UNCOMPRESSED, SNAPPY, GZIP and ZSTD are read
            nothing-known | has no column image, text or features; its columns are sentence, label
            empty         | has no rows
            """)
    void what_is_no_value_is_refused_by_row_and_column(String name, String why) throws Exception {
        put(name, "rows.parquet");

        assertRefused("rows.parquet", why);
    }

    @Test
    void damaged_files_are_refused_by_name() throws Exception {
        Files.writeString(folder.resolve("rows.parquet"), "nothing of the kind");
        assertRefused("rows.parquet", "cannot be read as Parquet");

        Files.delete(folder.resolve("rows.parquet"));
        put("features-list-gzip", "rows.parquet");
        byte[] whole = Files.readAllBytes(folder.resolve("rows.parquet"));
        int refused = 0;
        for (int at = 4; at < whole.length; at += 3) { // whatever byte is wrong, nothing but a refusal may come of it
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x55;
            Files.write(folder.resolve("rows.parquet"), damaged);
            try {
                Dataset.read(folder);
            } catch (ArtifactException e) {
                assertThat(e.file()).contains("rows.parquet");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(100);
    }

    private void assertRefused(String file, String why) {
        assertThatThrownBy(() -> Dataset.read(folder)).isInstanceOfSatisfying(ArtifactException.class, e -> {
            assertThat(e.file()).hasValueSatisfying(found -> assertThat(found).startsWith(file));
            assertThat(e).hasMessageContaining(why);
        });
    }
}
