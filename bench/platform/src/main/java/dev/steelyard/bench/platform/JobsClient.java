package dev.steelyard.bench.platform;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The four calls the benchmark makes, with as little work on this side as can be: client and platform share the
 * machine's cores.
 */
final class JobsClient {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI gateway;
    private final String authorization;

    JobsClient(URI gateway, String apiKey) {
        this.gateway = gateway;
        this.authorization = "Bearer " + apiKey;
    }

    /** Submits one job and waits for its end in the same request. */
    JsonNode runToEnd(String body, Duration patience) throws IOException, InterruptedException {
        JsonNode job = post("/v1/jobs", body, "wait=" + patience.toSeconds());
        return ended(job) ? job : await(job.path("id").asString());
    }

    /** Submits many jobs in one request and waits for the end of all of them; the jobs in order. */
    List<JsonNode> runAllToEnd(String body, Duration patience) throws IOException, InterruptedException {
        List<JsonNode> ended = new ArrayList<>();
        for (JsonNode item :
                post("/v1/jobs/batch", body, "wait=" + patience.toSeconds()).path("items")) {
            JsonNode job = item.path("job");
            if (job.isMissingNode()) {
                throw new IOException("refused: " + item);
            }
            ended.add(ended(job) ? job : await(job.path("id").asString()));
        }
        return ended;
    }

    private JsonNode await(String id) throws IOException, InterruptedException {
        while (true) {
            JsonNode job = get("/v1/jobs/" + id);
            if (ended(job)) {
                return job;
            }
            Thread.sleep(20);
        }
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return send(request(path).GET().build());
    }

    private JsonNode post(String path, String body, String prefer) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
        if (!prefer.isEmpty()) {
            request.header("Prefer", prefer);
        }
        return send(request.build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(gateway.resolve(path))
                .timeout(Duration.ofMinutes(2))
                .header("Authorization", authorization);
    }

    private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<byte[]> reply = http.send(request, BodyHandlers.ofByteArray());
        if (reply.statusCode() >= 300) {
            throw new IOException(request.method() + " " + request.uri().getPath() + " answered " + reply.statusCode()
                    + ": " + new String(reply.body(), java.nio.charset.StandardCharsets.UTF_8));
        }
        return JSON.readTree(reply.body());
    }

    private static boolean ended(JsonNode job) {
        return switch (job.path("state").asString()) {
            case "SUCCEEDED", "FAILED", "CANCELLED" -> true;
            default -> false;
        };
    }
}
