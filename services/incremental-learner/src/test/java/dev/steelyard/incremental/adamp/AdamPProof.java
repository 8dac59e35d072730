package dev.steelyard.incremental.adamp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.incremental.FolderJob;
import dev.steelyard.incremental.ProofData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What projection does on 2,000 handwritten digits: a perceptron 784-256-256-10 with batch normalization, 25 epochs,
 * three seeds. Run by {@code make proof METHOD=incremental-learner/adamp}; takes two to five minutes on two cores.
 */
class AdamPProof {
    private static final int SEEDS = 3;

    @TempDir
    Path folder;

    /** Means over the seeds; the weight is the first layer's. */
    private record Figures(double accuracy, double normRatio, double angle, double share) {
        private Figures plus(Figures other) {
            return new Figures(
                    accuracy + other.accuracy, normRatio + other.normRatio, angle + other.angle, share + other.share);
        }

        private Figures mean() {
            return new Figures(accuracy / SEEDS, normRatio / SEEDS, angle / SEEDS, share / SEEDS);
        }

        private static Figures of(JsonNode run) {
            JsonNode first = run.path("tensors").path(0);
            return new Figures(
                    run.path("accuracy").doubleValue(),
                    first.path("squaredNormRatio").doubleValue(),
                    first.path("secondQuarterAngle").doubleValue(),
                    first.path("projectedShare").doubleValue());
        }
    }

    private record Pair(Figures projected, Figures plain) {}

    @Test
    void projection_turns_weights_further_at_the_same_accuracy() throws Exception {
        Pair sgd = train("sgdp", 0.1, 1e-4);
        Pair adam = train("adamp", 1e-3, 1e-2);

        print("SGD", sgd.plain);
        print("SGDP", sgd.projected);
        print("AdamW", adam.plain);
        print("AdamP", adam.projected);

        assertThat(sgd.projected.normRatio).isLessThanOrEqualTo(0.6 * sgd.plain.normRatio);
        assertThat(sgd.projected.angle).isGreaterThanOrEqualTo(2 * sgd.plain.angle);
        assertThat(adam.projected.angle).isGreaterThanOrEqualTo(1.15 * adam.plain.angle);
        assertThat(sgd.projected.accuracy).isGreaterThanOrEqualTo(sgd.plain.accuracy - 0.005);
        assertThat(adam.projected.accuracy).isGreaterThanOrEqualTo(adam.plain.accuracy - 0.005);
    }

    private Pair train(String optimizer, double rate, double decay) throws Exception {
        Figures projected = new Figures(0, 0, 0, 0);
        Figures plain = projected;
        for (int seed = 1; seed <= SEEDS; seed++) {
            Path at = Files.createDirectories(folder.resolve(optimizer + seed));
            var job = new FolderJob(at, Map.of("data", ProofData.digits())).seed(seed);
            new AdamPTraining().run(params(optimizer, rate, decay), job);
            JsonNode runs = new JsonMapper()
                    .readTree(job.output("report").resolve("report.json").toFile())
                    .path("runs");
            projected = projected.plus(Figures.of(runs.path(0)));
            plain = plain.plus(Figures.of(runs.path(1)));
        }
        return new Pair(projected.mean(), plain.mean());
    }

    private static AdamPParams params(String optimizer, double rate, double decay) {
        return new AdamPParams(
                optimizer,
                true,
                "mlp",
                List.of(256, 256),
                rate,
                0.9,
                0.999,
                0.9,
                1e-8,
                decay,
                0.1,
                0.1,
                false,
                "cosine",
                0,
                25,
                50,
                0.2,
                2000,
                List.of());
    }

    private static void print(String name, Figures figures) {
        System.out.printf(
                Locale.ROOT,
                "%-6s accuracy %.2f %%  norm² end/start %.2f  angle in second quarter %.5f  projected steps %.1f %%%n",
                name,
                100 * figures.accuracy,
                figures.normRatio,
                figures.angle,
                100 * figures.share);
    }
}
