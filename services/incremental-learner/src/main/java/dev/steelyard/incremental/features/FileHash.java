package dev.steelyard.incremental.features;

import dev.steelyard.artifacts.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** sha256 over several files. */
final class FileHash {
    private FileHash() {}

    /** Of some files' contents, in this order. */
    static String of(Path folder, Iterable<String> files) throws IOException {
        MessageDigest digest = Sha256.digest();
        for (String file : files) {
            add(digest, folder.resolve(file));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Of the paths and contents of all files below a folder. */
    static String of(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> walked = Files.walk(folder)) {
            files = walked.filter(Files::isRegularFile).sorted().toList();
        }
        MessageDigest digest = Sha256.digest();
        for (Path file : files) {
            String name = folder.relativize(file).toString().replace('\\', '/');
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            digest.update(Long.toString(Files.size(file)).getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            add(digest, file);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(MessageDigest digest, Path file) throws IOException {
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
