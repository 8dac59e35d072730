package dev.steelyard.tensor;

import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Loads libtorch once per process. The one place with process-wide state, because libtorch itself is that. */
final class NativeLibrary {
    private static final String CACHE_FOLDER = "org.bytedeco.javacpp.cachedir";
    private static @Nullable Torch started;

    private NativeLibrary() {}

    static synchronized Torch load(int threads) {
        Torch running = started;
        if (running == null) {
            running = NativeLoading.run("libtorch", () -> loadHere(threads));
            started = running;
        }
        if (running.threads() != threads) {
            throw new IllegalStateException("libtorch runs with %d threads in this process; asked for %d"
                    .formatted(running.threads(), threads));
        }
        return running;
    }

    private static Torch loadHere(int threads) throws IOException {
        // JavaCPP would count mapped checkpoints as memory in use and fail far below the machine's limit.
        System.setProperty("org.bytedeco.javacpp.maxBytes", "0");
        System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        Environment environment = Environment.ofProcess();
        environment.set("OMP_NUM_THREADS", Integer.toString(threads));
        BlasLibrary blas = BlasLibrary.chosen();
        blas.configure(environment, threads);

        NativeCache cache = cache(blas);
        System.setProperty(CACHE_FOLDER, cache.folder().toString());
        cache.load(() -> {
            Loader.load(torch.class);
            Loader.load(openblas.class);
        });
        if (Pointer.maxPhysicalBytes() != 0) {
            throw new IllegalStateException("JavaCPP was loaded before Torch.start; start Torch first");
        }
        torch.set_num_interop_threads(1);
        torch.set_num_threads(threads);
        var context = torch.globalContext();
        context.setDeterministicAlgorithms(true, false);
        // Filling fresh memory with NaN is for finding bugs; it costs a pass over every output.
        context.setDeterministicFillUninitializedMemory(false);
        return new Torch(threads);
    }

    /** A folder of its own for this version and BLAS, below JavaCPP's own or the configured one. */
    private static NativeCache cache(BlasLibrary blas) throws IOException {
        Path base = Path.of(System.getProperty(CACHE_FOLDER, System.getProperty("user.home") + "/.javacpp/cache"));
        String version = Loader.getVersion("org.bytedeco", "pytorch");
        return new NativeCache(
                base.resolve("steelyard-libtorch-%s-%s-%s".formatted(version, blas, Loader.getPlatform())));
    }
}
