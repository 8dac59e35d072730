package dev.steelyard.cli;

import dev.steelyard.cli.client.Artifact;
import dev.steelyard.cli.client.SteelyardClient;
import dev.steelyard.cli.render.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes an artifact's files to disk. */
@Command(
        name = "download",
        mixinStandardHelpOptions = true,
        description = "Write an artifact's files, or one of them, to this machine.")
final class DownloadCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Mixin
    private Gateway gateway = new Gateway();

    @Parameters(index = "0", paramLabel = "<artifact>", description = "id, its start, or a model's name")
    private String reference = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "<file>", description = "one file of it; else all")
    private @Nullable String file;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "<path>",
            description = "the folder to write to; else one here that is named for the artifact. Of one file: the file "
                    + "or a folder for it; else here")
    private @Nullable Path target;

    @Option(names = "--force", description = "replace files that exist")
    private boolean force;

    @Override
    public Integer call() throws IOException {
        try (SteelyardClient client = gateway.client()) {
            Artifact artifact = client.artifacts().get(new References(client).artifact(reference));
            Map<Artifact.File, Path> paths = file == null ? all(artifact) : one(artifact, file);
            if (!force) {
                refuseToReplace(paths);
            }
            for (Map.Entry<Artifact.File, Path> each : paths.entrySet()) {
                Artifact.File from = each.getKey();
                output.note("writing " + each.getValue() + " (" + Text.size(from.size()) + ")");
                client.artifacts().download(artifact.id(), from.path(), each.getValue());
            }
            return 0;
        }
    }

    private static void refuseToReplace(Map<Artifact.File, Path> paths) {
        paths.values().stream().filter(Files::exists).findFirst().ifPresent(path -> {
            throw new CommandException(path + " exists: --force replaces it, --output names another place");
        });
    }

    private Map<Artifact.File, Path> one(Artifact artifact, String name) {
        Artifact.File found = artifact.files().stream()
                .filter(each -> each.path().equals(name))
                .findFirst()
                .orElseThrow(() -> new CommandException("artifact " + artifact.id() + " has no file '" + name + "'"));
        Path path = target == null ? Path.of("") : target;
        boolean isFolder = target == null || Files.isDirectory(target);
        return Map.of(found, isFolder ? path.resolve(Path.of(name).getFileName()) : path);
    }

    private Map<Artifact.File, Path> all(Artifact artifact) {
        Path folder = target == null ? Path.of(folderName(artifact, reference)) : target;
        Path root = folder.toAbsolutePath().normalize();
        Map<Artifact.File, Path> paths = new LinkedHashMap<>();
        for (Artifact.File each : artifact.files()) {
            Path path = root.resolve(each.path()).normalize();
            if (!path.startsWith(root)) {
                throw new CommandException("file outside the artifact: " + each.path());
            }
            paths.put(each, path);
        }
        return paths;
    }

    /** "minilm", "minilm-production" or "minilm-3" of a model, "model-0123456789ab" of what has no name. */
    static String folderName(Artifact artifact, String reference) {
        boolean isId = References.isStart(reference, artifact.id());
        String name = isId ? artifact.kind() + "-" + Text.shortId(artifact.id()) : reference;
        return name.replace("sha256:", "").replaceAll("[^A-Za-z0-9._-]", "-");
    }
}
