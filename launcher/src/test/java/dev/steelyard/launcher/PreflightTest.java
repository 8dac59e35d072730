package dev.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {

    @TempDir
    Path folder;

    @Test
    void an_older_jdk_is_refused() {
        assertThatThrownBy(() -> Preflight.checkJdk(21)).hasMessageContaining("JDK 25 or newer is needed; this is 21");
        assertThatCode(() -> Preflight.checkJdk(26)).doesNotThrowAnyException();
    }

    @Test
    void a_taken_port_is_refused_with_the_option_to_choose_another() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> Preflight.checkPort(taken.getLocalPort(), "--port"))
                    .isInstanceOf(LauncherException.class)
                    .hasMessageContaining("port " + taken.getLocalPort())
                    .hasMessageContaining("--port");
        }
        assertThatCode(() -> Preflight.checkPort(0, "--port")).doesNotThrowAnyException();
    }

    @Test
    void an_unknown_service_is_refused_with_those_there_are() throws IOException {
        Path apps = Files.createDirectories(folder.resolve("apps"));
        Files.createFile(apps.resolve("gateway.jar"));
        Files.createFile(apps.resolve("quantizer.jar"));
        PlatformOptions options = PlatformOptions.of(new Distribution(folder), folder.resolve("data"))
                .withServices(List.of("quantiser"));

        assertThatThrownBy(() -> Preflight.check(options))
                .hasMessageContaining("no service 'quantiser'")
                .hasMessageContaining("there are: quantizer");
    }

    @Test
    void a_folder_that_is_no_distribution_is_refused() {
        Distribution none = new Distribution(folder.resolve("none"));

        assertThatThrownBy(() -> PlatformOptions.of(none, folder)).hasMessageContaining("make dist");
    }

    @Test
    void a_senseless_number_of_processes_is_refused() throws IOException {
        Files.createDirectories(folder.resolve("apps"));
        PlatformOptions options = PlatformOptions.of(new Distribution(folder), folder);

        assertThatThrownBy(() -> options.withServices(List.of("probe:0"))).hasMessageContaining("'probe:0'");
        assertThatThrownBy(() -> options.withServices(List.of("probe:many"))).hasMessageContaining("'probe:many'");
    }
}
