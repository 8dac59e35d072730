package dev.steelyard.cli.client;

import com.fasterxml.jackson.annotation.Nulls;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests, answers and problems. */
final class Http implements AutoCloseable {
    /** What is absent in an answer reads as empty, so that records hold no nulls. */
    static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultNullHandling(handling -> handling.withValueNulls(Nulls.AS_EMPTY))
            .build();

    private static final Duration USUAL = Duration.ofSeconds(60);
    private static final Duration TRANSFER = Duration.ofHours(6);
    private static final int FIRST_ERROR = 400;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final URI gateway;
    private final String authorization;

    Http(URI gateway, String apiKey) {
        this.gateway = gateway;
        this.authorization = "Bearer " + apiKey;
    }

    URI gateway() {
        return gateway;
    }

    <T> T get(String path, Class<T> type) {
        return read(stream(request(path).GET().build()), answer -> JSON.readValue(answer, type));
    }

    <T> T get(String path, TypeReference<T> type) {
        return read(stream(request(path).GET().build()), answer -> JSON.readValue(answer, type));
    }

    <T> T post(String path, Object body, Class<T> type) {
        return read(stream(request(path, body).build()), answer -> JSON.readValue(answer, type));
    }

    <T> T send(HttpRequest request, Class<T> type) {
        return read(stream(request), answer -> JSON.readValue(answer, type));
    }

    <T> T put(String path, Object body, Class<T> type) {
        HttpRequest request = request(path)
                .header("Content-Type", "application/json")
                .PUT(json(body))
                .build();
        return read(stream(request), answer -> JSON.readValue(answer, type));
    }

    void delete(String path) {
        drain(stream(request(path).DELETE().build()));
    }

    /** Sends bytes, which may take long. */
    void upload(String path, BodyPublisher bytes) {
        HttpRequest request = request(path)
                .timeout(TRANSFER)
                .header("Content-Type", "application/octet-stream")
                .PUT(bytes)
                .build();
        drain(stream(request));
    }

    /** Bytes or a stream of events; the caller closes it. */
    InputStream open(HttpRequest.Builder request) {
        return stream(request.timeout(TRANSFER).GET().build());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(gateway.resolve(path)).timeout(USUAL).header("Authorization", authorization);
    }

    /** A POST of JSON. */
    HttpRequest.Builder request(String path, Object body) {
        return request(path)
                .timeout(TRANSFER)
                .header("Content-Type", "application/json")
                .POST(json(body));
    }

    private static BodyPublisher json(Object body) {
        return BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
    }

    private InputStream stream(HttpRequest request) {
        try {
            HttpResponse<InputStream> reply = client.send(request, BodyHandlers.ofInputStream());
            if (reply.statusCode() < FIRST_ERROR) {
                return reply.body();
            }
            try (InputStream body = reply.body()) {
                throw new ProblemException(problem(reply.statusCode(), body.readAllBytes()));
            }
        } catch (ConnectException e) {
            throw new UnreachableException(
                    "no gateway answers at " + gateway + "; start one with `steelyard up`, or name it with --url", e);
        } catch (IOException e) {
            throw new UnreachableException(gateway + " broke off: " + words(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnreachableException("interrupted while asking " + gateway, e);
        }
    }

    private static String words(IOException failure) {
        return failure.getMessage() == null || failure.getMessage().isBlank() ? "no answer came" : failure.getMessage();
    }

    private static Problem problem(int status, byte[] body) {
        try {
            JsonNode json = JSON.readTree(body);
            if (json.isObject()) {
                return new Problem(
                        status,
                        json.path("code").asString(""),
                        json.path("title").asString(""),
                        json.path("detail").asString(""),
                        json.path("field").asString(""),
                        json.path("file").asString(""),
                        json.path("tensor").asString(""));
            }
        } catch (JacksonException e) {
            // no problem document: the status must do
        }
        return new Problem(status, "", "", "the gateway answered with status " + status, "", "", "");
    }

    private <T> T read(InputStream body, Function<InputStream, T> parse) {
        try (body) {
            return parse.apply(body);
        } catch (JacksonException e) {
            throw new UnreachableException(
                    gateway + " gave an answer that cannot be read: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UnreachableException(gateway + " broke off: " + words(e), e);
        }
    }

    private void drain(InputStream body) {
        try (body) {
            body.readAllBytes();
        } catch (IOException e) {
            throw new UnreachableException(gateway + " broke off: " + words(e), e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
