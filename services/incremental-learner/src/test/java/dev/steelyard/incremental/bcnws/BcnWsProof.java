package dev.steelyard.incremental.bcnws;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.cli.client.Job;
import dev.steelyard.incremental.ProofData;
import dev.steelyard.incremental.images.ImageSplit;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.ParamsReader;
import dev.steelyard.proof.Claims;
import dev.steelyard.proof.ProofPlatform;
import dev.steelyard.proof.Result;
import dev.steelyard.proof.Sample;
import dev.steelyard.proof.Workers;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/**
 * Micro-batches against large ones: six 3×3 convolutions are trained for two passes over 3,000 handwritten digits at the
 * same learning rate per image, with each normalization and at batches of 64, 2 and 1, as jobs of the platform. Run by
 * {@code make proof METHOD=incremental-learner/bcn-ws}; takes six to ten minutes on two cores.
 */
class BcnWsProof {
    private static final String METHOD = "incremental-learner/bcn-ws";
    private static final int SEEDS = 5;
    private static final String COMMON =
            "\"network\": \"strided\", \"channels\": [16, 32, 64], \"groups\": 8, \"forceGroups\": true, "
                    + "\"learningRate\": 0.1, \"epochs\": 2, \"trainLimit\": 3000";

    private final Map<String, Runs> rows = new LinkedHashMap<>();

    /** One row of the table: the same training with each seed. */
    private record Runs(String name, List<Job> submitted, List<Result> ended) {
        private double mean(String figure) {
            return sample(figure).mean();
        }

        private double deviation(String figure) {
            return sample(figure).deviation();
        }

        private Sample sample(String figure) {
            return Sample.of(ended, run -> run.figure(figure));
        }

        private double points() {
            return 100 * mean("accuracy");
        }
    }

    @Test
    void micro_batches_train_as_well_as_large_ones() throws Exception {
        Claims claims = new Claims(METHOD);
        Torch engine = Torch.start(1);
        try (ProofPlatform platform = ProofPlatform.start(
                "incremental-learner", Workers.standard().slots(2).threads(1))) {
            String digits = platform.importTree("dataset", ProofData.digits());
            submit(platform, digits);
            planted(engine, platform, digits);
            for (Runs runs : rows.values()) {
                runs.submitted.forEach(job -> runs.ended.add(platform.await(job)));
                claims.note("digits: " + runs.name, describe(runs));
            }
            accuracy(claims);
            deadChannels(claims);
            String params = params("bcn-estimated", true, 2, "");
            Result first = row("BCN+WS, batch 2").ended.getFirst();
            Result again = platform.run(METHOD, params, Map.of("data", digits), 1);
            claims.equal("the same job again gives the same model", first.artifact("model"), again.artifact("model"));
            folded(claims, engine, platform, first);
            converted(claims, platform, digits);
        }
        claims.publish();
    }

    private void submit(ProofPlatform platform, String digits) {
        submit(platform, digits, "BN, batch 64", params("bn", false, 64, ""));
        submit(platform, digits, "BN, batch 2", params("bn", false, 2, ""));
        submit(platform, digits, "GN, batch 2", params("gn", false, 2, ""));
        submit(platform, digits, "GN+WS, batch 2", params("gn", true, 2, ""));
        submit(platform, digits, "BCN, batch 2", params("bcn-estimated", false, 2, ""));
        submit(platform, digits, "BCN+WS, batch 2", params("bcn-estimated", true, 2, ""));
        submit(
                platform,
                digits,
                "BCN+WS, batch 2, ρ constant",
                params("bcn-estimated", true, 2, ", \"rhoSchedule\": \"constant\""));
        submit(platform, digits, "GN, batch 1", params("gn", false, 1, ""));
        submit(platform, digits, "GN+WS, batch 1", params("gn", true, 1, ""));
        submit(platform, digits, "BCN+WS, batch 1", params("bcn-estimated", true, 1, ""));
    }

    private void submit(ProofPlatform platform, String digits, String name, String params) {
        for (int seed = 1; seed <= SEEDS; seed++) {
            submit(platform, name, params, Map.of("data", digits), seed);
        }
    }

    /** Networks in which a quarter of the channels' shifts begin at −3: the same channels with both normalizations. */
    private void planted(Torch engine, ProofPlatform platform, String digits)
            throws IOException, InterruptedException, MethodException {
        ImageSet images = ImageSplit.read(ProofData.digits());
        Path folder = Files.createTempDirectory("planted");
        for (int seed = 1; seed <= SEEDS; seed++) {
            for (String norm : List.of("gn", "bcn-estimated")) {
                String params = params(norm, false, 2, "");
                BcnWsParams read = ParamsReader.of(BcnWsParams.class, ParamsReader.validator())
                        .read(params);
                Path model = Files.createDirectories(folder.resolve(norm + seed));
                try (Network network = Network.create(engine, seed, NetworkConfig.of(read, images), _ -> {})) {
                    plant(network, norm.equals("gn") ? ".norm.bias" : ".norm.bn.bias", seed);
                    network.write(model);
                }
                submit(
                        platform,
                        (norm.equals("gn") ? "GN" : "BCN") + ", batch 2, a quarter of β at −3",
                        params,
                        Map.of("data", digits, "model", platform.importTree("model", model)),
                        seed);
            }
        }
    }

    private static void plant(Network network, String shift, long seed) {
        Random random = new Random(seed);
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            network.store().save().forEach((name, value) -> {
                if (name.endsWith(shift)) {
                    int channels = (int) value.numel();
                    float[] planted = new float[channels];
                    List<Integer> order =
                            new ArrayList<>(IntStream.range(0, channels).boxed().toList());
                    Collections.shuffle(order, random);
                    order.subList(0, channels / 4).forEach(c -> planted[c] = -3);
                    value.copy_(Tensors.of(planted, channels));
                }
            });
        }
    }

    private void submit(ProofPlatform platform, String name, String params, Map<String, String> inputs, int seed) {
        rows.computeIfAbsent(name, _ -> new Runs(name, new ArrayList<>(), new ArrayList<>()))
                .submitted
                .add(platform.submit(METHOD, params, inputs, seed));
    }

    private Runs row(String name) {
        Runs runs = rows.get(name);
        if (runs == null) {
            throw new IllegalArgumentException(name);
        }
        return runs;
    }

    private double lead(String name, String other) {
        return row(name).points() - row(other).points();
    }

    private void accuracy(Claims claims) {
        claims.atLeast("batch 2: GN+WS less GN, points", lead("GN+WS, batch 2", "GN, batch 2"), 2);
        claims.atLeast("batch 2: BCN+WS less BN, points", lead("BCN+WS, batch 2", "BN, batch 2"), 1);
        claims.atLeast("batch 2: BCN less GN, points", lead("BCN, batch 2", "GN, batch 2"), 1);
        claims.atLeast("BCN+WS at batch 2 less BN at batch 64, points", lead("BCN+WS, batch 2", "BN, batch 64"), -1);
        claims.atLeast("batch 1: GN+WS less GN, points", lead("GN+WS, batch 1", "GN, batch 1"), 2);
    }

    private void deadChannels(Claims claims) {
        claims.atMost(
                "a quarter of β at −3: dead channels after training, BCN's share over GN's",
                row("BCN, batch 2, a quarter of β at −3").mean("deadShare")
                        / row("GN, batch 2, a quarter of β at −3").mean("deadShare"),
                0.99);
    }

    /** The export has neither standardization nor a batch step, and says the same. */
    private static void folded(Claims claims, Torch engine, ProofPlatform platform, Result result) throws Exception {
        ImageSet images = ImageSplit.read(ProofData.digits());
        double worst = 0;
        try (Network trained = Network.read(engine, platform.output(result, "model"));
                Network folded = Network.read(engine, platform.output(result, "folded"))) {
            for (int from = 0; from < images.size(); from += 500) {
                int[] some = IntStream.range(from, from + 500).toArray();
                try (var _ = TensorScope.open();
                        var _ = NoGrad.begin()) {
                    Tensor x = trained.classifier().input(images, some);
                    Tensor expected = trained.classifier().logits(x, Phase.EVALUATION);
                    Tensor found = folded.classifier().logits(x, Phase.EVALUATION);
                    double scale = Math.max(1, expected.abs().max().item_double());
                    worst = Math.max(worst, found.sub(expected).abs().max().item_double() / scale);
                }
            }
        }
        claims.atMost("folded export against the trained network: largest difference of scores", worst, 1e-5);
    }

    private void converted(Claims claims, ProofPlatform platform, String digits) {
        String bn = row("BN, batch 64").ended.getFirst().artifact("model");
        Result result = platform.run(
                METHOD,
                params("bcn-estimated", true, 2, ", \"mode\": \"convert\"").replace("\"epochs\": 2", "\"epochs\": 1"),
                Map.of("data", digits, "model", bn),
                1);
        claims.note(
                "BN of batch 64 converted to BCN+WS, one more pass at batch 2",
                String.format(
                        Locale.ROOT,
                        "accuracy %.2f %% before, %.2f %% converted, %.2f %% trained on",
                        100 * result.figure("accuracyBefore"),
                        100 * result.figure("accuracyConverted"),
                        100 * result.figure("accuracy")));
    }

    private static String params(String norm, boolean ws, int batch, String more) {
        // ρ is 0.1 for two images, and in proportion for one
        String params = "{%s, \"norm\": \"%s\", \"weightStd\": %s, \"batch\": %d, \"rho\": %s%s}"
                .formatted(COMMON, norm, ws, batch, batch == 1 ? "0.05" : "0.1", more);
        return params;
    }

    private static String describe(Runs runs) {
        double seconds = runs.ended.stream()
                .mapToDouble(run -> run.ran().toMillis() / 1000.0)
                .average()
                .orElse(Double.NaN);
        return String.format(
                Locale.ROOT,
                "accuracy %.2f ± %.2f %%, dead channels %.2f %%, %.1f s",
                runs.points(),
                100 * runs.deviation("accuracy"),
                100 * runs.mean("deadShare"),
                seconds);
    }
}
