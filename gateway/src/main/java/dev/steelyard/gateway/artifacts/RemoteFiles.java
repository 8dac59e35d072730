package dev.steelyard.gateway.artifacts;

import dev.steelyard.artifacts.store.TreeWriter;
import dev.steelyard.gateway.problems.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.springframework.stereotype.Component;

/**
 * Fetches files over https from public hosts only. Every address a host name stands for is looked at before each
 * request, redirects included, so that a caller cannot make the gateway talk to what only the gateway can reach.
 */
@Component
class RemoteFiles {
    private static final int MAX_REDIRECTS = 5;

    private final ImportSettings settings;
    private final HttpClient http;

    RemoteFiles(ImportSettings settings) {
        this.settings = settings;
        // The look-up that was checked is the one that is used: the runtime keeps it for 30 s.
        this.http = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.importTimeout())
                .build();
    }

    /** Adds the one file a URL stands for, under the last name of its path. */
    void fetch(URI source, TreeWriter tree) throws IOException, InterruptedException {
        if (!settings.importHttps()) {
            throw ProblemException.field("/source", "importing over https is switched off here");
        }
        URI at = source;
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            requirePublic(at);
            HttpRequest request = HttpRequest.newBuilder(at)
                    .timeout(settings.importTimeout())
                    .GET()
                    .build();
            HttpResponse<InputStream> answer = send(request);
            try (InputStream body = answer.body()) {
                if (answer.statusCode() == 200) {
                    tree.add(fileName(source), body);
                    return;
                }
                if (answer.statusCode() / 100 != 3) {
                    throw ProblemException.field(
                            "/source", "'" + source.getHost() + "' answered " + answer.statusCode());
                }
                at = at.resolve(answer.headers()
                        .firstValue("location")
                        .orElseThrow(() -> ProblemException.field("/source", "a redirect leads nowhere")));
            } catch (IllegalArgumentException e) {
                throw ProblemException.field("/source", "a redirect leads to something that is no URL");
            }
        }
        throw ProblemException.field("/source", "more than " + MAX_REDIRECTS + " redirects");
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws InterruptedException {
        try {
            return http.send(request, BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw ProblemException.field(
                    "/source",
                    "'" + request.uri().getHost() + "' does not answer: "
                            + e.getClass().getSimpleName());
        }
    }

    private static void requirePublic(URI url) {
        if (!"https".equals(url.getScheme()) || url.getHost() == null || url.getUserInfo() != null) {
            throw ProblemException.field("/source", "only https://host/path is fetched");
        }
        try {
            for (InetAddress address : InetAddress.getAllByName(url.getHost())) {
                if (!PublicAddress.is(address)) {
                    throw ProblemException.field(
                            "/source", "'" + url.getHost() + "' is not a public address; it is not fetched");
                }
            }
        } catch (UnknownHostException e) {
            throw ProblemException.field("/source", "host '" + url.getHost() + "' is not known");
        }
    }

    private static String fileName(URI source) {
        String path = source.getPath() == null ? "" : source.getPath();
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (name.isEmpty()) {
            throw ProblemException.field("/source", "'" + source + "' names no file");
        }
        return name;
    }
}
