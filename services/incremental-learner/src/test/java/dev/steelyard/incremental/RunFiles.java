package dev.steelyard.incremental;

import dev.steelyard.artifacts.Sha256;
import dev.steelyard.method.local.LocalRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a run of a method wrote. */
public final class RunFiles {
    private RunFiles() {}

    /** Its report. */
    public static JsonNode report(LocalRun run) throws IOException {
        return new JsonMapper()
                .readTree(run.output("report").resolve("report.json").toFile());
    }

    /** Hashes of all files of some outputs, by output and name. */
    public static Map<String, String> hashes(LocalRun run, String... outputs) throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        for (String output : outputs) {
            try (Stream<Path> files = Files.list(run.output(output))) {
                for (Path file : files.toList()) {
                    hashes.put(output + "/" + file.getFileName(), Sha256.of(file));
                }
            }
        }
        return hashes;
    }
}
