package dev.steelyard.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * The AOT cache of one application (JEP 514): classes already loaded and linked. The JVM drops a cache silently when
 * flags, paths or jars differ from those of its training, so a key of all of them lies beside it and only a cache whose
 * key fits is used.
 */
final class AotCache {
    private final Distribution distribution;
    private final String app;
    private final List<String> flags;

    AotCache(Distribution distribution, String app, List<String> flags) {
        this.distribution = distribution;
        this.app = app;
        this.flags = flags;
    }

    /** The flag that uses the cache; none when there is no cache that fits. */
    List<String> use() {
        Path cache = distribution.aotCache(app);
        try {
            boolean fits = Files.exists(cache)
                    && Files.exists(keyFile())
                    && Files.readString(keyFile()).equals(key());
            return fits ? List.of("-XX:AOTCache=" + cache) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The flags that write down what a run loads. */
    List<String> record() {
        return List.of("-XX:AOTMode=record", "-XX:AOTConfiguration=" + recording());
    }

    /** What a run wrote down. */
    Path recording() {
        return distribution.aotCache(app).resolveSibling(app + ".aotconf");
    }

    /** The flags that make the cache of what was written down. */
    List<String> create() {
        return List.of(
                "-XX:AOTMode=create",
                "-XX:AOTConfiguration=" + recording(),
                "-XX:AOTCache=" + distribution.aotCache(app));
    }

    /** Says that the cache belongs to the distribution as it is now. */
    void seal() throws IOException {
        Files.writeString(keyFile(), key());
        Files.deleteIfExists(recording());
    }

    private Path keyFile() {
        return distribution.aotCache(app).resolveSibling(app + ".aot.key");
    }

    private String key() throws IOException {
        StringBuilder parts = new StringBuilder();
        parts.append(System.getProperty("java.vm.version")).append('\n').append(String.join(" ", flags));
        Path jar = distribution.jar(app);
        append(parts, jar);
        for (String library : classPath(jar)) {
            append(parts, jar.resolveSibling(library).normalize());
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(parts.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void append(StringBuilder parts, Path jar) throws IOException {
        parts.append('\n').append(jar).append(' ').append(Files.size(jar)).append(' ');
        parts.append(Files.getLastModifiedTime(jar).toMillis());
    }

    private static List<String> classPath(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            String path = manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            return path == null ? List.of() : List.of(path.strip().split(" +"));
        }
    }
}
