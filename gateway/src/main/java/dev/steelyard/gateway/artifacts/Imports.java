package dev.steelyard.gateway.artifacts;

import dev.steelyard.artifacts.store.TreeWriter;
import dev.steelyard.gateway.problems.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.stereotype.Service;

/** Fetches files for a caller, from places the operator allows. */
@Service
class Imports {
    private final Intake intake;
    private final ImportSettings settings;
    private final RemoteFiles remote;

    Imports(Intake intake, ImportSettings settings, RemoteFiles remote) {
        this.intake = intake;
        this.settings = settings;
        this.remote = remote;
    }

    /**
     * Fetches a file or folder and puts it.
     *
     * @throws ProblemException when the source is of a kind or in a place that is not allowed
     */
    ArtifactView fetch(URI source, IntakeForm form) throws IOException, InterruptedException {
        String scheme = source.getScheme() == null ? "" : source.getScheme();
        try (TreeWriter tree = intake.open()) {
            switch (scheme) {
                case "file" -> copy(allowed(source), tree);
                case "https" -> remote.fetch(source, tree);
                default -> throw ProblemException.field("/source", "'" + source + "': expected file:///… or https://…");
            }
            return intake.put(tree, form, source.toString());
        }
    }

    /** The real path, which must lie below one of the allowed folders' real paths. */
    private Path allowed(URI source) throws IOException {
        Path real;
        try {
            real = Path.of(source).toRealPath();
        } catch (IllegalArgumentException e) {
            throw ProblemException.field("/source", "'" + source + "' is not a file URL: expected file:///…");
        } catch (NoSuchFileException e) {
            throw notAllowed(source);
        }
        for (Path root : settings.importRoots()) {
            if (Files.isDirectory(root) && real.startsWith(root.toRealPath())) {
                return real;
            }
        }
        throw notAllowed(source);
    }

    /** One answer for what does not exist and what may not be read, so that nothing can be found out by asking. */
    private static ProblemException notAllowed(URI source) {
        return ProblemException.field(
                "/source", "'" + source + "' does not exist below a folder that imports are allowed from");
    }

    private static void copy(Path source, TreeWriter tree) throws IOException {
        if (Files.isRegularFile(source)) {
            add(source, String.valueOf(source.getFileName()), tree);
            return;
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(source)) {
            files = all.filter(f -> !Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            String name = source.relativize(file).toString();
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw ProblemException.field("/source", name + ": only regular files are taken, no links or devices");
            }
            add(file, name, tree);
        }
    }

    private static void add(Path file, String name, TreeWriter tree) throws IOException {
        try (InputStream content = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            tree.add(name, content);
        }
    }
}
