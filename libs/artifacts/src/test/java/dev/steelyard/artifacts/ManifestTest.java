package dev.steelyard.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestTest {
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void canonical_json_and_id_are_those_of_another_implementation() throws ArtifactException {
        Manifest manifest = new Manifest(
                ArtifactKind.DATASET,
                List.of(
                        new FileEntry("ünï/😀.txt", 3, ABC),
                        new FileEntry("a b.json", 0, EMPTY),
                        new FileEntry("\uff5e", 3, ABC)));

        // json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False), files sorted by path
        String python = "{\"files\":[{\"path\":\"a b.json\",\"sha256\":\"" + EMPTY + "\",\"size\":0},"
                + "{\"path\":\"ünï/😀.txt\",\"sha256\":\"" + ABC + "\",\"size\":3},"
                + "{\"path\":\"\uff5e\",\"sha256\":\"" + ABC + "\",\"size\":3}],\"kind\":\"dataset\",\"version\":1}";
        assertThat(new String(manifest.canonicalJson(), StandardCharsets.UTF_8)).isEqualTo(python);
        assertThat(manifest.id())
                .hasToString("sha256:55789dd20fe9b71368dad808888855d11cbedf19ebe5fc628a3e9cb8df4a1425");
        assertThat(Manifest.parse(manifest.canonicalJson())).isEqualTo(manifest);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            []                                                                       | manifest: expected version 1
            nonsense                                                                 | manifest: not JSON
            {"files":[],"kind":"model","version":1}                                  | manifest: an artifact has 1 to 100000 files, not 0
            {"files":[{"path":"../a","sha256":"HASH","size":1}],"kind":"model","version":1} | manifest: path '../a': '..' is not allowed
            {"files":[{"path":"a","sha256":"xyz","size":1}],"kind":"model","version":1}     | manifest: a: sha256 'xyz': expected 64 lower case hex digits
            {"files":[{"path":"a","sha256":"HASH","size":-1}],"kind":"model","version":1}   | manifest: a: size -1 is negative
            {"files":[{"path":"a","sha256":"HASH","size":1}],"kind":"virus","version":1}    | manifest: artifact kind 'virus': expected model, dataset or report
            {"files":[{"path":"a","sha256":"HASH","size":1}],"kind":"model","version":2}    | manifest: expected version 1
            {"files":[{"path":"a","sha256":"HASH","size":1}],"kind":"model", "version":1}   | manifest: not in canonical form
            {"files":[{"path":"b","sha256":"HASH","size":1},{"path":"a","sha256":"HASH","size":1}],"kind":"model","version":1} | manifest: not in canonical form
            {"files":[{"path":"a","sha256":"HASH","size":1},{"path":"a","sha256":"HASH","size":1}],"kind":"model","version":1} | manifest: a: listed twice
            """)
    void anything_else_is_refused(String json, String message) {
        byte[] bytes = json.replace("HASH", ABC).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Manifest.parse(bytes))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith(message);
    }
}
