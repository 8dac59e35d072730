package dev.steelyard.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.cli.testing.StubGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactsTest {

    @TempDir
    Path folder = Path.of("");

    private final List<String> leftOut = new ArrayList<>();

    @Test
    void a_folder_behind_a_link_is_sent_without_what_is_hidden_in_it() throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        Files.createDirectories(model.resolve(".git/objects"));
        Files.writeString(model.resolve(".git/objects/a"), "x");
        Files.writeString(model.resolve(".gitattributes"), "x");
        Files.createDirectories(model.resolve("sub"));
        Files.writeString(model.resolve("sub/config.json"), "x");
        Path blob = Files.writeString(folder.resolve("blob"), "x");
        Files.createSymbolicLink(model.resolve("weights"), blob);
        Path link = Files.createSymbolicLink(folder.resolve("link"), model);

        assertThat(sent(link))
                .startsWith("POST /v1/artifacts/uploads")
                .endsWith("POST /v1/artifacts/uploads/7/commit")
                .containsExactlyInAnyOrder(
                        "POST /v1/artifacts/uploads",
                        "PUT /v1/artifacts/uploads/7/files/sub/config.json",
                        "PUT /v1/artifacts/uploads/7/files/weights",
                        "POST /v1/artifacts/uploads/7/commit");
        assertThat(leftOut).containsExactlyInAnyOrder(".git", ".gitattributes");
    }

    @Test
    void a_file_that_is_named_is_sent_even_if_hidden() throws IOException {
        assertThat(sent(Files.writeString(folder.resolve(".words"), "x")))
                .contains("PUT /v1/artifacts/uploads/7/files/.words");
        assertThat(leftOut).isEmpty();
    }

    @Test
    void a_folder_of_nothing_to_send_is_refused_before_anything_is_asked() throws IOException {
        Files.createDirectories(folder.resolve(".git"));

        assertThatThrownBy(() -> sent(folder)).hasMessageContaining(folder + ": holds no file");
    }

    private List<String> sent(Path source) throws IOException {
        try (StubGateway gateway = StubGateway.start(exchange -> StubGateway.answer(exchange, 200, "{\"id\": \"7\"}"));
                SteelyardClient client = new SteelyardClient(gateway.url(), "key")) {
            client.artifacts().upload(source, "model", new Artifacts.Sending() {
                @Override
                public void begins(Path file, int number, int count) {}

                @Override
                public void leavesOut(Path hidden) {
                    leftOut.add(hidden.getFileName().toString());
                }
            });
            return gateway.asked();
        }
    }
}
