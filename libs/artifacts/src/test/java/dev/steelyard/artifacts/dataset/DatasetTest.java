package dev.steelyard.artifacts.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetTest {
    @TempDir
    Path folder;

    @Test
    void idx_files_are_read_plain_and_gzipped() throws Exception {
        Files.write(folder.resolve("a-images-idx3-ubyte.gz"), gzip(idx(0x803, 2, 1, 2, 0, 255, 51, 102)));
        Files.write(folder.resolve("a-labels-idx1-ubyte.gz"), gzip(idxLabels(2, 1, 0)));
        Files.write(folder.resolve("b-images-idx3-ubyte"), idx(0x803, 1, 1, 2, 255, 255));
        Files.write(folder.resolve("b-labels-idx1-ubyte"), idxLabels(1, 2));

        ImageSet set = images();

        assertThat(set.shape()).isEqualTo(new ImageShape(1, 1, 2));
        assertThat(set.labels(new int[] {0, 1, 2})).containsExactly(1, 0, 2);
        assertThat(set.pixels(new int[] {1, 0, 2})).containsExactly(0.2f, 0.4f, 0, 1, 1, 1);
        assertThat(set.classes()).containsExactly("0", "1", "2");
    }

    @Test
    void idx_files_kept_plain_and_gzipped_are_read_once() throws Exception {
        Files.write(folder.resolve("a-images-idx3-ubyte"), idx(0x803, 2, 1, 1, 0, 255));
        Files.write(folder.resolve("a-labels-idx1-ubyte"), idxLabels(2, 1, 0));
        Files.write(folder.resolve("a-images-idx3-ubyte.gz"), gzip(idx(0x803, 2, 1, 1, 0, 255)));
        Files.write(folder.resolve("a-labels-idx1-ubyte.gz"), gzip(idxLabels(2, 1, 0)));

        assertThat(images().size()).isEqualTo(2);
    }

    @Test
    void damaged_idx_files_are_refused_by_name() throws IOException {
        Files.write(folder.resolve("a-images-idx3-ubyte"), idx(0x803, 2, 1, 2, 0, 255, 51));
        Files.write(folder.resolve("a-labels-idx1-ubyte"), idxLabels(2, 1, 0));
        assertRefused("a-images-idx3-ubyte", "is cut off");

        Files.write(folder.resolve("a-images-idx3-ubyte"), idx(0x803, 2, 1, 2, 0, 255, 51, 102));
        Files.write(folder.resolve("a-labels-idx1-ubyte"), idxLabels(1, 1));
        assertRefused("a-labels-idx1-ubyte", "has 1 labels for 2 images");

        Files.write(folder.resolve("a-images-idx3-ubyte"), idx(0x803, 1 << 24, 4000, 4000, 0));
        assertRefused("a-images-idx3-ubyte", "claims 16777216 images of 4000×4000");

        Files.write(folder.resolve("a-images-idx3-ubyte"), idx(0x801, 1, 1, 2, 0, 0));
        assertRefused("a-images-idx3-ubyte", "is not an IDX file of images");
    }

    @Test
    void digits_are_read_from_json_by_class() throws Exception {
        Files.writeString(folder.resolve("0.json"), json("0.5", 784));
        Files.writeString(folder.resolve("1.json"), json("1", 1568));

        ImageSet set = images();

        assertThat(set.shape()).isEqualTo(new ImageShape(1, 28, 28));
        assertThat(set.labels(new int[] {0, 1, 2})).containsExactly(0, 1, 1);
        assertThat(set.pixels(new int[] {0})).containsOnly(0.5f);
    }

    @Test
    void json_that_is_no_digits_is_refused_by_name() throws IOException {
        Files.writeString(folder.resolve("0.json"), json("0.5", 783));
        assertRefused("0.json", "image 0 has 783 of 784 values");

        Files.writeString(folder.resolve("0.json"), json("7", 784));
        assertRefused("0.json", "image 0: 7.0 is not from 0 to 1");

        Files.writeString(folder.resolve("0.json"), "{\"data\": [0.5,");
        assertThatThrownBy(() -> Dataset.read(folder))
                .isInstanceOfSatisfying(
                        ArtifactException.class, e -> assertThat(e.file()).contains("0.json"));
    }

    @Test
    void digits_after_something_else_are_refused_and_not_left_out() throws IOException {
        Map<String, String> odd = Map.of("\"x\"", "x", "null", "null", "true", "true", "[1]", "[", "{}", "{");
        for (String value : odd.keySet()) {
            Files.writeString(
                    folder.resolve("0.json"), json("0.5", 784).replace("]", "," + value + ",0.5".repeat(783) + "]"));
            assertRefused("0.json", "image 1: %s is not a number".formatted(odd.get(value)));
        }

        Files.writeString(folder.resolve("0.json"), json("0.5", 784).replace("}", ", \"more\": [1]}"));
        assertRefused("0.json", "has more after its array");
        Files.writeString(folder.resolve("0.json"), json("0.5", 784).repeat(2));
        assertRefused("0.json", "has more after its array");
        Files.writeString(folder.resolve("0.json"), "{\"data\": 0.5}");
        assertRefused("0.json", "has no array of numbers");

        Files.writeString(folder.resolve("0.json"), json("0.5", 784));
        Files.writeString(folder.resolve("99999999999999999999.json"), json("0.5", 784));
        assertRefused("99999999999999999999.json", "is named after a label of more than 64 bits");
    }

    @Test
    void colour_images_are_read_channel_by_channel() throws Exception {
        for (String name : new String[] {"cat", "dog"}) {
            var image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
            image.setRGB(0, 0, 0xFF3300);
            image.setRGB(1, 0, 0x0000FF);
            Files.createDirectories(folder.resolve(name));
            ImageIO.write(image, "png", folder.resolve(name).resolve("1.png").toFile());
        }

        ImageSet set = images();

        assertThat(set.classes()).containsExactly("cat", "dog");
        assertThat(set.shape()).isEqualTo(new ImageShape(3, 1, 2));
        assertThat(set.pixels(new int[] {1})).containsExactly(1, 0, 0.2f, 0, 0, 1);
    }

    @Test
    void unreadable_and_odd_sized_images_are_refused_by_name() throws IOException {
        Files.createDirectories(folder.resolve("a"));
        Files.createDirectories(folder.resolve("b"));
        ImageIO.write(
                new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY),
                "png",
                folder.resolve("a/1.png").toFile());
        ImageIO.write(
                new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY),
                "png",
                folder.resolve("b/1.png").toFile());
        assertRefused("b/1.png", "is 1×2×2, images before it are 1×1×2");

        Files.writeString(folder.resolve("b/1.png"), "no image");
        assertRefused("b/1.png", "is not an image");

        Files.writeString(folder.resolve("a/2.png"), "neither");
        assertThatThrownBy(() -> Dataset.read(folder))
                .hasMessage("2 images cannot be read: a/2.png: is not an image; b/1.png: is not an image");
    }

    @Test
    void images_are_called_as_their_rows_or_files_are() throws Exception {
        Files.createDirectories(folder.resolve("a"));
        ImageIO.write(
                new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY),
                "png",
                folder.resolve("a/1.png").toFile());
        assertThat(images().ids()).contains(List.of("a/1.png"));

        Files.writeString(folder.resolve("rows.jsonl"), """
                {"image": "a/1.png", "id": "first"}
                {"image": "a/1.png", "id": 2}
                {"image": "a/1.png"}
                """);
        assertThat(images().ids()).contains(List.of("first", "2", "a/1.png"));
        Files.writeString(folder.resolve("rows.jsonl"), "{\"image\": \"a/1.png\", \"id\": [1]}");
        assertRefused("rows.jsonl", "line 1: id [1] is neither text nor a whole number");
    }

    @Test
    void folder_without_images_is_refused() {
        assertThatThrownBy(() -> Dataset.read(folder)).hasMessageContaining("no data found");
    }

    @Test
    void features_come_back_from_safetensors_with_the_names_of_their_labels() throws Exception {
        Files.writeString(folder.resolve("labels.json"), "[\"cat\", \"dog\"]");
        FeatureFile.write(folder, 2, new float[] {1, 2, 3, 4, 5, 6}, new long[] {1, 0, 1}, Map.of("encoder", "e"));

        FeatureSet set = (FeatureSet) Dataset.read(folder).train().orElseThrow();

        assertThat(set.values().get(2, 1)).isEqualTo(6);
        assertThat(set.labels().orElseThrow().name(0)).isEqualTo("dog");
        assertThat(set.origin()).containsEntry("encoder", "e");
    }

    @Test
    void numbers_and_labels_out_of_place_are_refused_by_file_and_row() throws Exception {
        Files.writeString(folder.resolve("labels.json"), "[\"cat\", \"dog\"]");
        FeatureFile.write(folder, 2, new float[] {1, 2, 3, Float.NaN}, new long[] {1, 0}, Map.of());
        assertRefused("features.safetensors", "row 1, column 1: NaN is not a finite number");

        Files.delete(folder.resolve("features.safetensors"));
        FeatureFile.write(folder, 2, new float[] {1, 2, 3, 4}, new long[] {1, 2}, Map.of());
        assertRefused("features.safetensors", "row 1: label 2 is not in labels.json");
    }

    @Test
    void numpy_arrays_are_read() throws Exception {
        Files.write(folder.resolve("X.npy"), npy("<f8", "(2, 3)", 1, 2, 3, 4, 5, 6));
        Files.write(folder.resolve("y.npy"), npy("<f8", "(2,)", 1, 2));
        assertRefused("y.npy", "holds f8, expected whole numbers");

        Files.write(folder.resolve("y.npy"), npy("|u1", "(2,)", 7, 3));
        FeatureSet set = (FeatureSet) Dataset.read(folder).train().orElseThrow();
        assertThat(set.values().get(1, 0)).isEqualTo(4);
        assertThat(set.labels().orElseThrow().classes()).containsExactly("3", "7");
        assertThat(set.labels().orElseThrow().name(0)).isEqualTo("7");
    }

    @Test
    void numpy_labels_are_whole_numbers_of_any_type() throws Exception {
        Files.write(folder.resolve("X.npy"), npy("<f8", "(2, 1)", 1, 2));
        Map<String, List<String>> largest = Map.of(
                "|i1", List.of("-1"),
                "|u1", List.of("255"),
                "<i2", List.of("-1"),
                "<u2", List.of("65535"),
                "<i4", List.of("-1"),
                "<u4", List.of("4294967295"),
                "<i8", List.of("-1"));
        for (String type : largest.keySet()) {
            Files.write(folder.resolve("y.npy"), npy(type, "(2,)", -1, -1));
            assertThat(Dataset.read(folder).all().labels().orElseThrow().classes())
                    .isEqualTo(largest.get(type));
        }
        Files.write(folder.resolve("y.npy"), npy("<u8", "(2,)", 7, 7));
        assertThat(Dataset.read(folder).all().labels().orElseThrow().classes()).containsExactly("7");
        Files.write(folder.resolve("y.npy"), npy("<u8", "(2,)", 7, -1));
        assertRefused("y.npy", "row 1: label 18446744073709551615 is more than 9223372036854775807");
    }

    @Test
    void numpy_labels_of_another_shape_are_refused_by_it() throws Exception {
        Files.write(folder.resolve("X.npy"), npy("<f8", "(2, 1)", 1, 2));
        Files.write(folder.resolve("y.npy"), npy("|u1", "(2, 1)", 0, 1));
        assertRefused("y.npy", "has labels of shape [2, 1] for 2 rows, expected [2]");
    }

    @Test
    void lying_numpy_headers_are_refused() throws Exception {
        Files.write(folder.resolve("X.npy"), npy("<f8", "(3, 3)", 1, 2, 3, 4, 5, 6));
        assertRefused("X.npy", "has 48 bytes of values, its header says 72");

        Files.write(folder.resolve("X.npy"), npy(">f8", "(2, 3)", 1, 2, 3, 4, 5, 6));
        assertRefused("X.npy", "expected a little-endian array");

        for (String shape : List.of("(9999999999, 9999999999)", "(2147483648, 4294967296)", "(0, 3)")) {
            Files.write(folder.resolve("X.npy"), npy("<f8", shape, 1, 2));
            assertRefused(
                    "X.npy",
                    "holds %s values"
                            .formatted(shape.substring(1, shape.length() - 1).replace(", ", " × ")));
        }

        Files.writeString(folder.resolve("X.npy"), "nothing of the kind");
        assertRefused("X.npy", "is not a NumPy array");
    }

    @Test
    void lines_of_json_are_texts_features_or_images() throws Exception {
        Files.writeString(folder.resolve("train.jsonl"), """
                {"text": "good", "label": "ham"}

                {"text": "bad", "label": "spam"}
                """);
        Files.writeString(folder.resolve("test.jsonl"), "{\"text\": \"worse\", \"label\": \"spam\"}");
        Dataset data = Dataset.read(folder);

        TextSet train = (TextSet) data.train().orElseThrow();
        assertThat(train.texts()).containsExactly("good", "bad");
        assertThat(train.labels().orElseThrow().name(1)).isEqualTo("spam");
        assertThat(((TextSet) data.all()).texts()).containsExactly("good", "bad", "worse");
    }

    @Test
    void bad_lines_are_refused_by_number() throws Exception {
        Path file = folder.resolve("rows.jsonl");
        Files.writeString(file, "{\"features\": [1, 2], \"label\": 1}\n{\"features\": [1], \"label\": 1}\n");
        assertRefused("rows.jsonl", "line 2: has 1 features, rows before it have 2");
        Files.writeString(file, "{\"features\": [1, null], \"label\": 1}\n");
        assertRefused("rows.jsonl", "line 1: feature 1: null is not a finite number");
        Files.writeString(file, "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"b\"}\n");
        assertRefused("rows.jsonl", "line 2: has no label");
        Files.writeString(file, "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"b\", \"label\": \"x\"}\n");
        assertRefused("rows.jsonl", "line 2: label 'x'; labels before it are whole numbers");
        Files.writeString(file, "{\"image\": \"../../secret.png\"}\n");
        assertRefused("rows.jsonl", "line 1: there is no image");
        Files.writeString(file, "{\"image\": \"a\\u0000b.png\"}\n");
        assertRefused("rows.jsonl", "line 1: there is no image \"a\\u0000b.png\"");
        Files.writeString(file, "\n");
        assertRefused("rows.jsonl", "has no rows");
    }

    @Test
    void line_that_is_not_utf_8_is_refused_by_its_own_number() throws Exception {
        byte[] row = "{\"text\": \"a\", \"label\": 1}\n".getBytes(StandardCharsets.UTF_8);
        var bytes = new ByteArrayOutputStream();
        for (int line = 1; line < 50; line++) {
            bytes.writeBytes(row);
        }
        bytes.writeBytes("{\"text\": \"é\", \"label\": 1}\n".getBytes(StandardCharsets.ISO_8859_1));
        Files.write(folder.resolve("rows.jsonl"), bytes.toByteArray());

        assertRefused("rows.jsonl", "line 50: is not UTF-8");
    }

    @Test
    void byte_order_mark_of_lines_of_json_is_passed_over() throws Exception {
        Files.writeString(folder.resolve("rows.jsonl"), "\uFEFF{\"text\": \"a\"}\r\n{\"text\": \"b\"}");

        assertThat(((TextSet) Dataset.read(folder).all()).texts()).containsExactly("a", "b");
    }

    @Test
    void text_files_are_read_by_class_or_without() throws Exception {
        Files.createDirectories(folder.resolve("train/ham"));
        Files.createDirectories(folder.resolve("train/spam"));
        Files.createDirectories(folder.resolve("test/spam"));
        Files.writeString(folder.resolve("train/ham/2.txt"), "see you\nat noon");
        Files.writeString(folder.resolve("train/ham/1.txt"), "grüße");
        Files.writeString(folder.resolve("train/spam/1.txt"), "buy");
        Files.writeString(folder.resolve("test/spam/1.txt"), "buy now");
        TextSet all = (TextSet) Dataset.read(folder).all();
        assertThat(all.texts()).containsExactly("grüße", "see you\nat noon", "buy", "buy now");
        assertThat(all.labels().orElseThrow().ids(new int[] {0, 1, 2, 3})).containsExactly(0, 0, 1, 1);

        Files.write(folder.resolve("train/ham/3.txt"), new byte[] {(byte) 0xE9, 'x'});
        assertRefused("train/ham/3.txt", "is not UTF-8");
        Files.delete(folder.resolve("train/ham/3.txt"));
        Files.writeString(folder.resolve("train/stray.txt"), "?");
        assertRefused("train/stray.txt", "lies beside the folders of the classes");

        TextSet bare =
                (TextSet) Dataset.read(folder.resolve("train/ham")).train().orElseThrow();
        assertThat(bare.texts()).hasSize(2);
        assertThat(bare.labels()).isEmpty();

        try (var large = new RandomAccessFile(folder.resolve("train/ham/3.txt").toFile(), "rw")) {
            large.setLength((1L << 30) + 1);
        }
        assertRefused("train/ham/3.txt", "has 1073741825 bytes; a text has at most 1 GiB: cut it into several");
    }

    @Test
    void parts_are_told_by_folders_and_by_names() throws Exception {
        String row = "{\"text\": \"a\", \"label\": 1}";
        for (String part : new String[] {"train", "validation", "test"}) {
            Files.createDirectories(folder.resolve("folders").resolve(part));
            Files.writeString(folder.resolve("folders").resolve(part).resolve("rows.jsonl"), row);
            Files.createDirectories(folder.resolve("names"));
            Files.writeString(folder.resolve("names").resolve(part + ".jsonl"), row);
        }
        Files.writeString(folder.resolve("names/valley.jsonl"), row); // a name like any other
        for (String name : new String[] {"folders", "names"}) {
            Dataset data = Dataset.read(folder.resolve(name));
            assertThat(data.train().orElseThrow().size()).isEqualTo(name.equals("names") ? 2 : 1);
            assertThat(data.validation().orElseThrow().size()).isEqualTo(1);
            assertThat(data.test().orElseThrow().size()).isEqualTo(1);
        }

        Files.writeString(folder.resolve("folders/validation/rows.jsonl"), "{\"features\": [1], \"label\": 1}");
        assertThatThrownBy(() -> Dataset.read(folder.resolve("folders")))
                .hasMessageContaining("the training part holds texts, the validation part vectors of 1 numbers");
    }

    @Test
    void files_that_say_something_of_a_data_set_are_no_rows() throws Exception {
        Path book = Files.createDirectories(folder.resolve("book"));
        Files.writeString(book.resolve("book.txt"), "once");
        Files.writeString(book.resolve("LICENSE.txt"), "you may");
        Files.writeString(book.resolve("README"), "about");
        assertThat(((TextSet) Dataset.read(book).all()).texts()).containsExactly("once");

        Path plates = Files.createDirectories(folder.resolve("pictures/plate"));
        grey(plates.resolve("license_plate.png"));
        Files.writeString(plates.resolve("._license_plate.png"), "of another system");
        Files.writeString(folder.resolve("pictures/README.txt"), "about");
        assertThat(Dataset.read(folder.resolve("pictures")).all().size()).isEqualTo(1);
    }

    @Test
    void texts_beside_images_are_refused_by_name() throws Exception {
        grey(Files.createDirectories(folder.resolve("cat")).resolve("1.png"));
        Files.writeString(folder.resolve("cat/1.txt"), "a cat");
        assertRefused("cat/1.txt", "is text, and cat/1.png an image");
        Files.writeString(folder.resolve("classes.txt"), "cat");
        assertRefused("classes.txt", "is text, and cat/1.png an image");
    }

    private static void grey(Path file) throws IOException {
        ImageIO.write(new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY), "png", file.toFile());
    }

    @Test
    void validation_folder_may_have_any_of_its_names() throws Exception {
        for (String name : new String[] {"validation", "valid", "val", "Val"}) {
            Path set = folder.resolve("set-" + name);
            rows(set.resolve("train"));
            rows(set.resolve(name));
            Dataset data = Dataset.read(set);
            assertThat(data.train()).isPresent();
            assertThat(data.validation()).isPresent();
        }
        rows(folder.resolve("set-val/valid"));
        assertThatThrownBy(() -> Dataset.read(folder.resolve("set-val")))
                .hasMessage("valid: is the same part of the data set as the folder val");
    }

    @Test
    void held_out_folder_without_a_training_part_stays_held_out() throws Exception {
        Files.createDirectories(folder.resolve("test"));
        ImageIO.write(
                new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY),
                "png",
                folder.resolve("test/1.png").toFile());

        Dataset data = Dataset.read(folder);

        assertThat(data.train()).isEmpty();
        assertThat(data.test().orElseThrow().labels()).isEmpty();
    }

    @Test
    void data_beside_folders_of_parts_are_refused_by_name() throws Exception {
        rows(folder.resolve("train"));
        Files.writeString(folder.resolve("README.md"), "about");
        Files.writeString(folder.resolve("make.py"), "how it was made");
        Files.createDirectories(folder.resolve(".cache"));
        assertThat(Dataset.read(folder).train()).isPresent();

        Files.writeString(folder.resolve("test.jsonl"), "{\"text\": \"a\"}");
        assertRefused("test.jsonl", "lies beside the folder train, which is a part of the data set");
        Files.delete(folder.resolve("test.jsonl"));
        Files.createDirectories(folder.resolve("bus"));
        assertRefused("bus", "where train is a class, the folders of all classes belong into a folder train");
    }

    @Test
    void classes_may_be_called_as_parts_are() throws Exception {
        for (String name : new String[] {"car", "train", "test"}) {
            Files.createDirectories(folder.resolve("train").resolve(name));
            Files.writeString(folder.resolve("train").resolve(name).resolve("1.txt"), name);
        }

        assertThat(Dataset.read(folder)
                        .train()
                        .orElseThrow()
                        .labels()
                        .orElseThrow()
                        .classes())
                .containsExactly("car", "test", "train");
    }

    private static void rows(Path part) throws IOException {
        Files.writeString(Files.createDirectories(part).resolve("rows.jsonl"), "{\"text\": \"a\"}");
    }

    @Test
    void parts_may_stand_behind_the_names_of_arrays_and_no_other_array_beside_them() throws Exception {
        for (String part : List.of("train", "val", "test")) {
            Files.write(folder.resolve("X_" + part + ".npy"), npy("<f8", "(1, 1)", part.length()));
            Files.write(folder.resolve("y_" + part + ".npy"), npy("<f8", "(1,)", 1));
        }
        assertRefused("y_train.npy", "holds f8, expected whole numbers");
        for (String part : List.of("train", "val", "test")) {
            Files.delete(folder.resolve("y_" + part + ".npy"));
        }

        Dataset data = Dataset.read(folder);

        assertThat(((FeatureSet) data.train().orElseThrow()).values().get(0, 0)).isEqualTo(5);
        assertThat(((FeatureSet) data.validation().orElseThrow()).values().get(0, 0))
                .isEqualTo(3);
        assertThat(((FeatureSet) data.test().orElseThrow()).values().get(0, 0)).isEqualTo(4);

        Files.write(folder.resolve("X_dev.npy"), npy("<f8", "(1, 1)", 5));
        assertRefused("X_dev.npy", "is neither the features nor the labels of a part by its name");
    }

    @Test
    void part_told_by_names_is_read_from_its_own_files() throws Exception {
        Files.write(folder.resolve("X.npy"), npy("<f8", "(2, 1)", 1, 2));
        Files.write(folder.resolve("y.npy"), npy("|u1", "(2,)", 0, 1));
        Files.write(folder.resolve("test_X.npy"), npy("<f8", "(1, 1)", 3));
        Files.write(folder.resolve("test_y.npy"), npy("|u1", "(1,)", 1));
        Files.write(folder.resolve("val-features.npy"), npy("<f8", "(1, 1)", 4));
        Dataset arrays = Dataset.read(folder);
        assertThat(((FeatureSet) arrays.test().orElseThrow()).values().get(0, 0))
                .isEqualTo(3);
        assertThat(arrays.test().orElseThrow().labels().orElseThrow().name(0)).isEqualTo("1");
        assertThat(((FeatureSet) arrays.validation().orElseThrow()).values().get(0, 0))
                .isEqualTo(4);
        assertThat(arrays.validation().orElseThrow().labels()).isEmpty();
        assertThat(arrays.train().orElseThrow().size()).isEqualTo(2);

        Path tensors = Files.createDirectories(folder.resolve("tensors"));
        FeatureFile.write(tensors, 1, new float[] {1, 2}, new long[] {0, 1}, Map.of());
        Files.writeString(tensors.resolve("test.jsonl"), "{\"features\": [3], \"label\": 1}");
        Dataset mixed = Dataset.read(tensors);
        assertThat(mixed.train().orElseThrow().size()).isEqualTo(2);
        assertThat(mixed.test().orElseThrow().size()).isEqualTo(1);
    }

    @Test
    void part_of_no_layout_is_refused_by_the_name_of_a_file() throws Exception {
        FeatureFile.write(folder, 1, new float[] {1, 2}, new long[] {0, 1}, Map.of());
        Files.writeString(folder.resolve("test_notes.md"), "what was tested");
        assertRefused("test_notes.md", "no data found");
    }

    @Test
    void one_of_two_files_of_features_is_not_left_out() throws Exception {
        Files.write(folder.resolve("X.npy"), npy("<f8", "(2, 1)", 1, 2));
        Files.write(folder.resolve("features.npy"), npy("<f8", "(2, 1)", 1, 2));
        assertRefused("features.npy", "lies beside X.npy");
    }

    private ImageSet images() throws IOException {
        return (ImageSet) Dataset.read(folder).all();
    }

    /** An array of format 1.0. */
    private static byte[] npy(String type, String shape, long... values) {
        String header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }".formatted(type, shape);
        String padded = header + " ".repeat(117 - header.length()) + "\n";
        int size = type.charAt(2) - '0';
        ByteBuffer buffer = ByteBuffer.allocate(128 + values.length * size).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) 0);
        buffer.putShort((short) 118).put(padded.getBytes(StandardCharsets.US_ASCII));
        for (long value : values) {
            long bits = type.charAt(1) == 'f' ? Double.doubleToLongBits((double) value) : value;
            for (int at = 0; at < size; at++) {
                buffer.put((byte) (bits >> (8 * at)));
            }
        }
        return buffer.array();
    }

    private void assertRefused(String file, String why) {
        assertThatThrownBy(() -> Dataset.read(folder)).isInstanceOfSatisfying(ArtifactException.class, e -> {
            assertThat(e.file()).contains(file);
            assertThat(e).hasMessageContaining(why);
        });
    }

    private static String json(String value, int count) {
        return "{\"data\": [" + (value + ",").repeat(count - 1) + value + "]}";
    }

    private static byte[] idx(int magic, int count, int height, int width, int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(16 + values.length);
        bytes.putInt(magic).putInt(count).putInt(height).putInt(width);
        for (int value : values) {
            bytes.put((byte) value);
        }
        return bytes.array();
    }

    private static byte[] idxLabels(int count, int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 + values.length);
        bytes.putInt(0x801).putInt(count);
        for (int value : values) {
            bytes.put((byte) value);
        }
        return bytes.array();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        return out.toByteArray();
    }
}
