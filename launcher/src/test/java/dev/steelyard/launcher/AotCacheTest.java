package dev.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AotCacheTest {
    private static final List<String> FLAGS = List.of("-XX:+UseSerialGC");

    @TempDir
    Path folder;

    @BeforeEach
    void a_trained_distribution() throws IOException {
        Files.createDirectories(folder.resolve("apps"));
        Files.createDirectories(folder.resolve("lib"));
        Files.createDirectories(folder.resolve("aot"));
        Files.writeString(folder.resolve("lib/library.jar"), "one");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, "../lib/library.jar");
        try (OutputStream file = Files.newOutputStream(distribution().jar("app"));
                JarOutputStream jar = new JarOutputStream(file, manifest)) {
            jar.finish();
        }
        Files.writeString(distribution().aotCache("app"), "cache");
        new AotCache(distribution(), "app", FLAGS).seal();
    }

    @Test
    void a_cache_that_fits_is_used() {
        assertThat(new AotCache(distribution(), "app", FLAGS).use())
                .containsExactly("-XX:AOTCache=" + distribution().aotCache("app"));
    }

    @Test
    void other_flags_leave_it_unused() {
        assertThat(new AotCache(distribution(), "app", List.of("-XX:+UseG1GC")).use())
                .isEmpty();
    }

    @Test
    void a_rebuilt_library_leaves_it_unused() throws IOException {
        Files.writeString(folder.resolve("lib/library.jar"), "another");

        assertThat(new AotCache(distribution(), "app", FLAGS).use()).isEmpty();
    }

    @Test
    void an_application_without_one_starts_without() throws IOException {
        Files.delete(distribution().aotCache("app"));

        assertThat(new AotCache(distribution(), "app", FLAGS).use()).isEmpty();
    }

    private Distribution distribution() {
        return new Distribution(folder);
    }
}
