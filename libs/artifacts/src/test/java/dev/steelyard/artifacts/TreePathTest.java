package dev.steelyard.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TreePathTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.safetensors",
                "a/b/c.json",
                "onnx/model_quantized.onnx",
                ".gitattributes",
                "1_Pooling/config.json",
                "with space/ünï.txt",
                "console.txt",
                "-rf"
            })
    void an_ordinary_path_is_taken(String path) throws ArtifactException {
        assertThat(TreePath.parse(path).value()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/etc/passwd",
                "..",
                "a/../../b",
                "../b",
                "a/..",
                "./a",
                "a//b",
                "a/",
                "a\\b",
                "C:/x",
                "a\0b",
                "a\nb",
                "a\u001bb",
                "a\u202eb",
                "a\u2028b",
                "a\ud800b",
                "con",
                "a/NUL.txt",
                "LPT1",
                "a.",
                "a ",
                " a",
                "a|b",
                "what?",
                "*"
            })
    void a_path_that_could_leave_the_tree_or_not_be_made_everywhere_is_refused(String path) {
        assertThatThrownBy(() -> TreePath.parse(path))
                .isInstanceOf(ArtifactException.class)
                .satisfies(e -> assertThat(String.valueOf(e.getMessage())).matches("\\P{Cntrl}*"));
    }

    @Test
    void long_and_deep_paths_are_refused() throws ArtifactException {
        assertThat(TreePath.parse("a/".repeat(15) + "b").value()).hasSize(31);
        assertThatThrownBy(() -> TreePath.parse("a/".repeat(16) + "b")).hasMessageContaining("deeper than 16 names");
        assertThatThrownBy(() -> TreePath.parse("ü".repeat(128))).hasMessageContaining("longer than 255 bytes");
        assertThatThrownBy(() -> TreePath.parse(("n".repeat(200) + "/").repeat(6) + "n"))
                .hasMessageContaining("longer than 1024 bytes")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }

    @Test
    void names_that_are_one_file_on_some_system_share_a_key() throws ArtifactException {
        assertThat(TreePath.parse("A/Straße.txt").collisionKey())
                .isEqualTo(TreePath.parse("a/STRASSE.TXT").collisionKey());
        assertThat(TreePath.parse("caf\u00e9").collisionKey())
                .isEqualTo(TreePath.parse("cafe\u0301").collisionKey());
        assertThat(TreePath.parse("a/b").collisionKey())
                .isNotEqualTo(TreePath.parse("a/c").collisionKey());
    }

    @Test
    void paths_are_in_the_order_of_code_points() throws ArtifactException {
        // UTF-16 would put the emoji, a surrogate pair, before U+FF5E
        assertThat(List.of(TreePath.parse("\uff5e"), TreePath.parse("😀"), TreePath.parse("B"), TreePath.parse("a")))
                .satisfies(list -> assertThat(list.stream().sorted().map(TreePath::value))
                        .containsExactly("B", "a", "\uff5e", "😀"));
    }

    @Test
    void no_path_that_is_taken_leaves_the_folder() {
        Path root = Path.of("/some/root");
        Random random = new Random(3);
        String alphabet = "a./\\: \u0000é";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder path = new StringBuilder();
            for (int i = random.nextInt(8); i >= 0; i--) {
                path.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                Path file = TreePath.parse(path.toString()).below(root);
                assertThat(file.normalize()).isEqualTo(file).isNotEqualTo(root);
                assertThat(file.startsWith(root)).isTrue();
            } catch (ArtifactException e) {
                assertThat(e).hasMessageStartingWith("path '");
            }
        }
    }
}
