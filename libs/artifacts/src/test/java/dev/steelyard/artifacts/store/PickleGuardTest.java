package dev.steelyard.artifacts.store;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.TreePath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PickleGuardTest {
    @TempDir
    Path folder;

    /** What {@code pickle.dumps(…, protocol)} of Python 3.11 gives, protocols 2 to 5, and PyTorch's own beginning. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "80027d710058010000006171015d7102284b014b0265732e",
                "80035d71005801000000787101612e",
                "80049510000000000000007d948c0161945d94284b014b0265732e",
                "80059509000000000000004b018c01629486942e",
                "800263636f6c6c656374696f6e730a4f726465726564446963740a71002952710158010000006171024b0173",
                "80028a0a6cfc9c46f9206aa850192e",
                "80047d942e"
            })
    void a_pickle_is_refused_under_any_name(String pickle) {
        assertRefused("weights.dat", hex(pickle));
        assertRefused("model.safetensors", hex(pickle));
    }

    /** Protocols 0 and 1. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "286470300a56610a70310a286c70320a49310a6149320a61732e",
                "286c70300a56780a70310a612e",
                "7d710058010000006171015d7102284b014b0265732e",
                "5d71005801000000787101612e",
                "63636f6c6c656374696f6e730a4f726465726564446963740a70300a2874",
                "635f5f6275696c74696e5f5f0a7365740a7100285d71014b"
            })
    void a_pickle_without_signature_is_refused_where_pytorch_keeps_its_own(String pickle) {
        assertRefused("pytorch_model.bin", hex(pickle));
        assertRefused("model.pt", hex(pickle));
        assertRefused("model.pth", hex(pickle));
        assertRefused("model.ckpt", hex(pickle));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.pkl", "b/a.PICKLE", "sklearn.joblib", "x.dill"})
    void a_pickle_by_name_is_refused_unread(String path) {
        assertThatThrownBy(() -> PickleGuard.refuseByName(TreePath.parse(path)))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(path + ": is a Python pickle, which can run code when loaded; convert it to safetensors");
    }

    @Test
    void an_archive_that_carries_a_pickle_is_refused_wherever_the_pickle_stands() throws IOException {
        byte[] torch = zip("archive/data.pkl", "archive/data/0", "archive/version");
        assertRefused("pytorch_model.bin", torch);
        assertRefused("renamed.dat", torch);
        assertRefused("model.pt", zip("archive/version", "archive/data/0", "archive/DATA.PKL"));
        assertRefused("model.pt", concatenate("something before".getBytes(StandardCharsets.US_ASCII), torch));
        assertRefused("model.pt", concatenate(torch, new byte[100]));
    }

    @Test
    void an_archive_of_more_than_65535_entries_is_looked_through() throws IOException {
        String[] names = new String[66_000]; // needs the 64-bit form
        Arrays.setAll(names, i -> "a/" + i);
        names[65_990] = "a/data.pkl";
        assertRefused("model.pt", zip(names));
        names[65_990] = "a/data";
        assertTaken("model.pt", zip(names));
    }

    @Test
    void an_archive_with_many_ends_is_refused_unwalked() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write("PK".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < 100; i++) {
            bytes.write(hex("504b0506000000000000000000000000000000000000"));
        }
        assertRefused("model.pt", bytes.toByteArray());
    }

    @Test
    void a_tar_where_pytorch_kept_its_own_is_refused() {
        byte[] tar = new byte[1024];
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
        assertRefused("old.pt", tar);
        assertTaken("data.tar", tar);
    }

    @Test
    void other_files_are_taken() throws IOException {
        assertTaken("tok512.bin", hex("0a000000000020c1"));
        assertTaken("weights.bin", new byte[0]);
        assertTaken("weights.bin", hex("80"));
        assertTaken("weights.bin", hex("8002ff00"));
        assertTaken("weights.bin", "dance".getBytes(StandardCharsets.US_ASCII));
        assertTaken("vocab.txt", "(lp0\nof no account".getBytes(StandardCharsets.US_ASCII));
        assertTaken("arrays.npz", zip("a.npy", "b.npy"));
        assertTaken("cut.pt", Arrays.copyOf(zip("archive/data/0"), 60));
        assertTaken("text.txt", "PKs are not archives".getBytes(StandardCharsets.US_ASCII));
    }

    private void assertRefused(String path, byte[] content) {
        assertThatThrownBy(() -> check(path, content))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(path + ": is a Python pickle, which can run code when loaded; convert it to safetensors");
    }

    private void assertTaken(String path, byte[] content) {
        assertThatCode(() -> check(path, content)).doesNotThrowAnyException();
    }

    private void check(String path, byte[] content) throws IOException {
        PickleGuard.refuseByContent(TreePath.parse(path), Files.write(folder.resolve("content"), content));
    }

    private static byte[] zip(String... names) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : names) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(1);
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] concatenate(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
