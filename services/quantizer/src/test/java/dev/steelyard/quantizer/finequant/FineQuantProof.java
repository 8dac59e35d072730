package dev.steelyard.quantizer.finequant;

import dev.steelyard.bench.kernels.GemvRotation;
import dev.steelyard.proof.Claims;
import dev.steelyard.proof.ProofPlatform;
import dev.steelyard.proof.Result;
import dev.steelyard.quantizer.MiniLm;
import dev.steelyard.quantizer.compressed.CompressedTensors;
import dev.steelyard.tensor.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Holds FineQuant to its claims: jobs of the platform on the real all-MiniLM-L6-v2, as it is and with outliers planted
 * in it, then its kernel beside libtorch's in this process, when the platform is down. Run by {@code make proof
 * METHOD=quantizer/finequant}; takes two minutes and 8 GB. Bounds are not to be loosened.
 */
class FineQuantProof {
    private static final String METHOD = "quantizer/finequant";
    private static final String COLUMN_WISE = "{\"group\": 0}";
    private static final int SEEDS = 5;
    private static final double LEAST_GAIN = 5; // dB

    @TempDir
    Path folder;

    /**
     * Adaptive against column-wise on models with planted outliers, the worst of all seeds.
     *
     * @param gain least SQNR gain of a matrix with outliers, dB
     * @param bits of all other matrices over those of column-wise
     */
    private record Fence(double gain, double bits) {
        private Fence worst(Fence other) {
            return new Fence(Math.min(gain, other.gain), Math.max(bits, other.bits));
        }
    }

    @Test
    void finequant_does_what_it_claims() throws Exception {
        Claims claims = new Claims(METHOD);
        MiniLm miniLm = MiniLm.unpack(folder.resolve("original"));
        try (ProofPlatform platform = ProofPlatform.start("quantizer")) {
            fences(claims, platform, miniLm);
            agreement(claims, platform, miniLm);
        }
        products(claims);
        claims.publish();
    }

    private void fences(Claims claims, ProofPlatform platform, MiniLm miniLm) throws IOException {
        Fence one = fence(platform, miniLm, 1, 64);
        String claim = "one outlier row planted in a matrix, defaults: ";
        claims.atLeast(claim + "least SQNR gain over column-wise, dB", one.gain, LEAST_GAIN);
        claims.atMost(claim + "bits of all other matrices over column-wise", one.bits, 1.03);
        Fence three = fence(platform, miniLm, 3, 32);
        claim = "three outlier rows in a matrix, groups down to 32: ";
        claims.atLeast(claim + "least SQNR gain over column-wise, dB", three.gain, LEAST_GAIN);
        claims.note(claim + "bits of all other matrices over column-wise", three.bits, "");
        Fence coarse = fence(platform, miniLm, 3, 64);
        claims.note("three outlier rows in a matrix, defaults: least SQNR gain over column-wise", coarse.gain, "dB");
    }

    private Fence fence(ProofPlatform platform, MiniLm miniLm, int rows, int minGroup) throws IOException {
        Fence worst = new Fence(Double.POSITIVE_INFINITY, 0);
        for (int seed = 1; seed <= SEEDS; seed++) {
            Path at = folder.resolve("planted-%d-%d-%d".formatted(rows, minGroup, seed));
            SortedSet<String> planted = Planting.plant(miniLm.folder(), at, rows, seed);
            Map<String, String> model = Map.of("model", platform.importTree("model", at));
            JsonNode adaptive =
                    platform.report(platform.run(METHOD, "{\"minGroup\": %d}".formatted(minGroup), model, seed));
            JsonNode columnWise = platform.report(platform.run("quantizer/rtn", COLUMN_WISE, model, seed));
            worst = worst.worst(compare(planted, adaptive.path("layers"), columnWise.path("layers")));
        }
        return worst;
    }

    private static Fence compare(SortedSet<String> planted, JsonNode adaptive, JsonNode columnWise) {
        double gain = planted.isEmpty() || adaptive.isEmpty() ? Double.NaN : Double.POSITIVE_INFINITY;
        double bits = 0;
        double columnBits = 0;
        for (int i = 0; i < adaptive.size(); i++) {
            JsonNode ours = adaptive.path(i);
            JsonNode theirs = columnWise.path(i);
            if (planted.contains(ours.path("module").asString())) {
                gain = Math.min(
                        gain,
                        ours.path("sqnrDb").asDouble() - theirs.path("sqnrDb").asDouble());
            } else {
                double weights = ours.path("shape").path(0).asDouble()
                        * ours.path("shape").path(1).asDouble();
                bits += weights * ours.path("bitsPerWeight").asDouble();
                columnBits += weights * theirs.path("bitsPerWeight").asDouble();
            }
        }
        return new Fence(gain, bits / columnBits);
    }

    private void agreement(Claims claims, ProofPlatform platform, MiniLm miniLm) throws Exception {
        Map<String, String> inputs = Map.of(
                "model", platform.importTree("model", miniLm.folder()),
                "sentences", platform.importTree("dataset", miniLm.sentences()));
        Result int8 = platform.run(METHOD, "{\"bits\": 8}", inputs, 1);
        claims.atLeast(
                "sentences compared",
                platform.report(int8).at("/agreement/sentences").asDouble(),
                200);
        claims.atLeast("int8: mean cosine to the original", int8.figure("meanCosine"), 0.98);
        Result int4 = platform.run(METHOD, "{}", inputs, 1);
        claims.note("int4: mean cosine to the original", int4.figure("meanCosine"), "");
        claims.note("int4: bits for each quantized weight", int4.figure("bitsPerQuantizedWeight"), "");
        Result columnWise = platform.run("quantizer/rtn", COLUMN_WISE, inputs, 1);
        claims.note("int4, column-wise rtn: mean cosine to the original", columnWise.figure("meanCosine"), "");
        claims.note(
                "int4, column-wise rtn: bits for each quantized weight",
                columnWise.figure("bitsPerQuantizedWeight"),
                "");
        Result again = platform.run(METHOD, "{}", inputs, 1);
        claims.equal("the same job again gives the same model", int4.artifact("model"), again.artifact("model"));
        independentReader(claims, platform.output(int4, "model"));
    }

    private void independentReader(Claims claims, Path model) throws IOException, InterruptedException {
        String claim = "int4: compressed-tensors for Python dequantizes to the same bits";
        Optional<CompressedTensors> library = CompressedTensors.find();
        if (library.isEmpty()) {
            claims.notMeasured(claim, CompressedTensors.MISSING);
            return;
        }
        CompressedTensors.Comparison comparison = library.get().compare(model.toAbsolutePath(), folder);
        if (!comparison.ok()) {
            System.out.println(comparison.output());
        }
        claims.holds(claim, comparison.ok());
    }

    private static void products(Claims claims) throws IOException, InterruptedException {
        int threads = Runtime.getRuntime().availableProcessors();
        Torch.start(threads);
        System.out.println("products with 4096 × 4096 matrices, " + threads + " threads (a minute)");
        GemvRotation.Figures figures = new GemvRotation(threads).run();
        claims.atLeast(
                "int4 product, groups of 128, %d threads: times as fast as libtorch fp32".formatted(threads),
                figures.int4Speedup(),
                2.5);
        claims.note("read bandwidth", figures.readGigabytes(), "GB/s");
        claims.note("libtorch fp32", figures.fp32().gigabytesPerSecond(), "GB/s");
        claims.note("int4", figures.int4().gigabytesPerSecond(), "GB/s");
        claims.note("int8", figures.int8().gigabytesPerSecond(), "GB/s");
        claims.note("libtorch int4, bf16 activations", figures.torchInt4().gigabytesPerSecond(), "GB/s");
        claims.note(
                "int4 over libtorch int4, times as fast",
                figures.torchInt4().best() / figures.int4().best(),
                "");
        claims.notMeasured("llama.cpp Q4_0, GB/s", "llama.cpp is not on this machine");
    }
}
