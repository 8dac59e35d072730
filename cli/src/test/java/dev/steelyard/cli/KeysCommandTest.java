package dev.steelyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.cli.testing.CommandRun;
import dev.steelyard.cli.testing.StubGateway;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class KeysCommandTest {

    @Test
    void a_revoked_key_is_shown_as_one() throws IOException {
        String keys = """
                {"items": [
                  {"id": "old", "name": "a", "role": "admin", "createdAt": "2026-01-02T03:04:05.678Z",
                   "revokedAt": "2026-02-03T04:05:06.789Z"},
                  {"id": "new", "name": "b", "role": "reader", "createdAt": "2026-01-02T03:04:05Z"}]}
                """;
        try (StubGateway gateway = StubGateway.start(exchange -> StubGateway.answer(exchange, 200, keys))) {
            CommandRun run = CommandRun.of("keys", "--url=" + gateway.url(), "--key=k");

            assertThat(run.out().lines())
                    .containsExactly(
                            "KEY  NAME  ROLE    CREATED               REVOKED",
                            "old  a     admin   2026-01-02T03:04:05Z  2026-02-03T04:05:06Z",
                            "new  b     reader  2026-01-02T03:04:05Z");
        }
    }
}
