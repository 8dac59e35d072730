package dev.steelyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.cli.client.Artifact;
import dev.steelyard.cli.testing.CommandRun;
import dev.steelyard.cli.testing.StubGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadCommandTest {
    private static final String ID = "sha256:" + "0123456789abcdef".repeat(4);
    private static final String FILES = """
            {"id": "%s", "kind": "model", "files": [{"path": "config.json", "size": 3}, {"path": "sub/a.txt", "size": 3}]}
            """.formatted(ID);

    @TempDir
    Path folder = Path.of("");

    private StubGateway gateway;

    @BeforeEach
    void start() throws IOException {
        gateway = StubGateway.start(exchange -> {
            boolean isFile = exchange.getRequestURI().getPath().contains("/files/");
            StubGateway.answer(exchange, 200, isFile ? "new" : FILES);
        });
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void files_that_exist_are_replaced_only_by_force() throws IOException {
        Path out = folder.resolve("out");
        assertThat(download(out).exit()).isZero();
        assertThat(out.resolve("sub/a.txt")).hasContent("new");
        Files.writeString(out.resolve("sub/a.txt"), "mine");
        Files.delete(out.resolve("config.json"));

        CommandRun refused = download(out);

        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.errors())
                .contains(out.resolve("sub/a.txt") + " exists")
                .contains("--force");
        assertThat(out.resolve("sub/a.txt")).hasContent("mine");
        assertThat(out.resolve("config.json")).doesNotExist();
        assertThat(download(out, "--force").exit()).isZero();
        assertThat(out.resolve("sub/a.txt")).hasContent("new");
    }

    @Test
    void one_file_goes_to_a_file_or_into_a_folder() throws IOException {
        assertThat(download(folder.resolve("b.txt"), "sub/a.txt").exit()).isZero();
        assertThat(download(folder, "sub/a.txt").exit()).isZero();

        assertThat(folder.resolve("b.txt")).hasContent("new");
        assertThat(folder.resolve("a.txt")).hasContent("new");
        assertThat(download(folder, "sub/a.txt").exit()).isEqualTo(1);
        assertThat(download(folder, "absent").errors()).contains("has no file 'absent'");
    }

    @Test
    void without_a_folder_one_is_named_for_the_artifact() {
        Artifact artifact = new Artifact(ID, "model", 0, List.of(), Optional.empty(), "", "");

        assertThat(Stream.of(ID, "sha256:0123456", "0123456", "minilm", "minilm@production", "minilm:3")
                        .map(reference -> DownloadCommand.folderName(artifact, reference)))
                .containsExactly(
                        "model-0123456789ab",
                        "model-0123456789ab",
                        "model-0123456789ab",
                        "minilm",
                        "minilm-production",
                        "minilm-3");
    }

    private CommandRun download(Path target, String... more) {
        String[] fixed = {"artifacts", "download", ID, "--output=" + target, "--url=" + gateway.url(), "--key=k"};
        return CommandRun.of(Stream.concat(Stream.of(fixed), Stream.of(more)).toArray(String[]::new));
    }
}
