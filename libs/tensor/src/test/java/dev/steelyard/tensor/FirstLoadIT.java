package dev.steelyard.tensor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first start on a machine, where the native libraries are unpacked. */
class FirstLoadIT {
    @Test
    void processes_that_start_at_once_after_a_killed_unpacking_all_load(@TempDir Path cache) throws Exception {
        Process killed = start(cache);
        await().ignoreExceptions()
                .pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofMinutes(1))
                .until(() -> unpackedBytes(cache, "libtorch_cpu.so") > 0);
        killed.destroyForcibly().waitFor();
        assertThat(unpackedBytes(cache, "libtorch_cpu.so")).isLessThan(300_000_000);

        List<Process> started = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            started.add(start(cache));
        }
        for (Process process : started) {
            assertComputes(process);
        }
    }

    @Test
    void OpenBLAS_computes_where_it_is_chosen(@TempDir Path cache) throws Exception {
        assertComputes(start(cache, "-Dsteelyard.blas=openblas"));
        assertThat(unpackedBytes(cache, "libmkl_core.so.2")).isZero();
    }

    private static void assertComputes(Process process) throws Exception {
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).isEqualTo("27.0");
        assertThat(process.exitValue()).isZero();
    }

    /** The process that the test starts. */
    static final class Loading {
        public static void main(String[] args) {
            Torch.start(1);
            try (var _ = TensorScope.open()) {
                System.out.print(
                        torch.mm(torch.ones(3, 3), torch.ones(3, 3)).sum().item_float());
            }
        }
    }

    private static Process start(Path cache, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:ErrorFile=" + cache.resolve("crash-%p.log"),
                "-Dorg.bytedeco.javacpp.cachedir=" + cache));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Loading.class.getName()));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static long unpackedBytes(Path folder, String name) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(f -> f.endsWith(name)).toList()) {
                return Files.size(file);
            }
        }
        return 0;
    }
}
