package dev.steelyard.gateway.problems;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.gateway.testing.Rest;
import dev.steelyard.gateway.testing.RunningGateway;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BodyLimitIT {
    private static final int LIMIT = 8 << 20;
    private static final RunningGateway GATEWAY = RunningGateway.shared();
    private final Rest rest = GATEWAY.rest();

    @Test
    void a_body_that_says_it_is_too_large_is_refused_unread() throws IOException {
        assertRefused(call("Content-Length: " + (LIMIT + 1) + "\r\n\r\n"));
    }

    @Test
    void a_body_in_chunks_is_refused_where_it_gets_too_large() throws IOException {
        String json = "{\"jobs\":[{\"method\":\"" + "x".repeat(LIMIT) + "\"}]}";

        assertRefused(call("Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(json.length()) + "\r\n" + json
                + "\r\n0\r\n\r\n"));
    }

    @Test
    void a_batch_below_the_limit_is_read_and_an_uploaded_file_above_it_too() {
        String batch = "{\"jobs\":[{\"method\":\"" + "x".repeat(LIMIT - 100) + "\"}]}";
        String upload = rest.post("/v1/artifacts/uploads", "").text("id");

        assertThat(rest.post("/v1/jobs/batch", batch).status()).isEqualTo(200);
        assertThat(rest.put("/v1/artifacts/uploads/" + upload + "/files/large.txt", new byte[LIMIT + 1])
                        .status())
                .isEqualTo(200);
        assertThat(rest.call("DELETE", "/v1/artifacts/uploads/" + upload, "").status())
                .isEqualTo(204);
    }

    private static void assertRefused(String answer) {
        assertThat(answer)
                .startsWith("HTTP/1.1 413")
                .contains("Content-Type: application/problem+json")
                .contains("\"code\":\"content-too-large\"")
                .contains("more than " + LIMIT + " bytes");
    }

    /** A batch of jobs sent by hand, since a client would want to send all of it before it reads. */
    private String call(String lengthAndBody) throws IOException {
        URI gateway = rest.root();
        try (Socket socket = new Socket(gateway.getHost(), gateway.getPort())) {
            OutputStream out = socket.getOutputStream();
            String request = "POST /v1/jobs/batch HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
                    + "Connection: close\r\nAuthorization: Bearer " + GATEWAY.adminKey() + "\r\n" + lengthAndBody;
            out.write(request.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            StringBuilder answer = new StringBuilder();
            for (int c = in.read(); c >= 0 && answer.indexOf("\"code\":\"content-too-large\"") < 0; c = in.read()) {
                answer.append((char) c); // to the answer's end; the connection stays open for a while
            }
            return answer.toString();
        }
    }
}
