package dev.steelyard.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Makes the AOT caches of the gateway and the services: a recorded run of the whole platform, then one cache each. */
public final class AotTraining {
    private final PlatformOptions options;
    private final Consumer<String> announce;

    public AotTraining(PlatformOptions options, Consumer<String> announce) {
        this.options = options;
        this.announce = announce;
    }

    /** @param exercise uses the running platform as users do, so that what they need is in the caches */
    public void run(Consumer<Platform> exercise) {
        List<Application> applications = new ArrayList<>();
        applications.add(new Application(Distribution.GATEWAY, options.distribution()));
        options.services()
                .sequencedKeySet()
                .forEach(service -> applications.add(new Application(service, options.distribution())));
        try {
            Files.createDirectories(
                    options.distribution().aotCache(Distribution.GATEWAY).getParent());
            announce.accept("recording a run of the platform");
            try (Platform platform = Platform.start(options, announce, AotCache::record)) {
                exercise.accept(platform);
            }
            for (Application application : applications) {
                create(application);
            }
        } catch (IOException e) {
            throw new LauncherException("cannot write the AOT caches: " + e.getMessage(), e);
        }
    }

    private void create(Application application) throws IOException {
        AotCache cache = application.aotCache();
        if (!Files.exists(cache.recording())) {
            throw new LauncherException(application.app() + " recorded nothing: it did not end in an orderly way");
        }
        announce.accept("making the AOT cache of " + application.app());
        Process process = application
                .command(cache.create(), Jvm.environment())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new LauncherException("the AOT cache of " + application.app() + " could not be made: exit code "
                        + process.exitValue());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new LauncherException("interrupted while making AOT caches", e);
        }
        cache.seal();
    }
}
