package dev.steelyard.launcher;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A built Steelyard: {@code apps/<app>.jar}, {@code lib/*.jar} and {@code bin/steelyard}, the same files that images
 * hold.
 *
 * @param root the folder
 */
public record Distribution(Path root) {
    /** The control plane. */
    public static final String GATEWAY = "gateway";

    /** The command line, which holds the launcher. */
    public static final String COMMAND_LINE = "steelyard";

    /** Measures and tests the platform; started only when asked for. */
    public static final String PROBE = "probe";

    private static final Set<String> NOT_BY_DEFAULT = Set.of(GATEWAY, COMMAND_LINE, PROBE);

    public Distribution {
        root = root.toAbsolutePath().normalize();
    }

    /**
     * The distribution this very program runs from.
     *
     * @throws LauncherException when it does not run from one
     */
    public static Distribution running() {
        String named = System.getProperty("steelyard.dist", "");
        if (!named.isEmpty()) {
            return new Distribution(Path.of(named));
        }
        CodeSource source = Distribution.class.getProtectionDomain().getCodeSource();
        try {
            Path library = Path.of(source.getLocation().toURI()).getParent();
            Path root = library == null ? null : library.getParent();
            if (root != null && Files.isDirectory(root.resolve("apps"))) {
                return new Distribution(root);
            }
        } catch (URISyntaxException e) {
            // told below
        }
        throw new LauncherException("this program does not run from a distribution: make one with `make dist`");
    }

    /** The jar of an application. */
    Path jar(String app) {
        return root.resolve("apps").resolve(app + ".jar");
    }

    /** The AOT cache of an application, which need not exist. */
    Path aotCache(String app) {
        return root.resolve("aot").resolve(app + ".aot");
    }

    boolean has(String app) {
        return Files.isRegularFile(jar(app));
    }

    /** The services started unless others are chosen, by name. */
    public List<String> services() {
        try (Stream<Path> jars = Files.list(root.resolve("apps"))) {
            return jars.map(jar -> jar.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .map(name -> name.substring(0, name.length() - ".jar".length()))
                    .filter(name -> !NOT_BY_DEFAULT.contains(name))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new LauncherException("no distribution in " + root + ": make one with `make dist`", e);
        }
    }
}
