package dev.steelyard.tensor;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who computes matrix products and factorizations: libtorch itself brings neither. */
enum BlasLibrary {
    /** Intel's oneMKL, the BLAS that PyTorch itself ships with on x86-64. Works on libtorch's own OpenMP threads. */
    MKL {
        @Override
        void configure(Environment environment, int threads) {
            // JavaCPP: https://github.com/bytedeco/javacpp-presets/tree/master/openblas
            System.setProperty("org.bytedeco.openblas.load", "mkl");
            environment.set("MKL_THREADING_LAYER", "GNU"); // libtorch's OpenMP
            environment.set("MKL_NUM_THREADS", Integer.toString(threads));
            environment.set("MKL_DYNAMIC", "FALSE");
            // The same bits in every run, wherever its memory lies.
            environment.setIfAbsent("MKL_CBWR", "AUTO");
        }
    },

    OPENBLAS {
        @Override
        void configure(Environment environment, int threads) {
            environment.set("OPENBLAS_NUM_THREADS", Integer.toString(threads));
            // OpenMP's and OpenBLAS's threads take turns on the same cores: neither may spin for long while it waits
            // for
            // the other. OpenBLAS's hand parts of a product to each other, though, and one that sleeps between parts is
            // woken late.
            environment.setIfAbsent("OMP_WAIT_POLICY", "PASSIVE");
            environment.setIfAbsent("OPENBLAS_THREAD_TIMEOUT", "20"); // 2^20 cycles, half a millisecond
        }
    };

    private static final String CHOICE = "steelyard.blas";
    private static final String MKL_RESOURCE = "/org/bytedeco/mkl/linux-x86_64/libmkl_rt.so.2";

    /** Sets what the library reads when it is loaded; call before. */
    abstract void configure(Environment environment, int threads);

    /**
     * The one that the system property {@code steelyard.blas} names ({@code mkl}, {@code openblas}), else MKL where it is
     * packed.
     *
     * @throws IllegalArgumentException when the property names another, or MKL and it is not packed
     */
    static BlasLibrary chosen() {
        return choose(System.getProperty(CHOICE), BlasLibrary.class.getResource(MKL_RESOURCE) != null);
    }

    static BlasLibrary choose(@Nullable String choice, boolean mklPacked) {
        if ("mkl".equals(choice) && !mklPacked) {
            throw new IllegalArgumentException(CHOICE + ": mkl is not packed in this build");
        }
        return switch (choice) {
            case null -> mklPacked ? MKL : OPENBLAS;
            case "mkl" -> MKL;
            case "openblas" -> OPENBLAS;
            default -> throw new IllegalArgumentException(CHOICE + ": " + choice + "; must be mkl or openblas");
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
