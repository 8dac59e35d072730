package dev.steelyard.incremental.gacil;

import dev.steelyard.incremental.ProofData;
import dev.steelyard.proof.Claims;
import dev.steelyard.proof.ProofPlatform;
import dev.steelyard.proof.Result;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * G-ACIL on a stream of five tasks cut from 10,000 handwritten digits, three seeds, beside a perceptron on the same
 * pixels; and the same digits in five orders, merged and unlearned. Run by {@code make proof
 * METHOD=incremental-learner/g-acil}.
 */
class GAcilProof {
    private static final String METHOD = "incremental-learner/g-acil";
    private static final String STREAM = "{\"mode\": \"stream-benchmark\", \"expansion\": 2000, \"gamma\": 1}";
    private static final List<String> LEARNERS = List.of("g-acil", "plain", "ewc", "replay-200");
    private static final int SEEDS = 3;

    @TempDir
    Path folder;

    @Test
    void streams_end_at_the_joint_solution_and_above_their_baselines() throws Exception {
        Claims claims = new Claims(METHOD);
        try (ProofPlatform platform = ProofPlatform.start("incremental-learner")) {
            String digits = platform.importTree("dataset", ProofData.digits());
            stream(claims, platform, digits);
            parts(claims, platform);
        }
        claims.publish();
    }

    private static void stream(Claims claims, ProofPlatform platform, String digits) throws IOException {
        List<Result> runs = new ArrayList<>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            runs.add(platform.run(METHOD, STREAM, Map.of("data", digits), seed));
        }
        for (String learner : LEARNERS) {
            claims.note(
                    learner + ": A_AUC and A_last, mean of 3 seeds",
                    "%.4f  %.4f".formatted(mean(runs, learner + " A_AUC"), mean(runs, learner + " A_last")));
        }
        double auc = mean(runs, "g-acil A_AUC");
        double last = mean(runs, "g-acil A_last");
        claims.atLeast("digits: A_last, mean of 3 seeds", last, 0.94);
        for (String learner : List.of("plain", "ewc")) {
            claims.atLeast(
                    "digits: A_AUC above " + learner + ", points", 100 * (auc - mean(runs, learner + " A_AUC")), 40);
            claims.atLeast(
                    "digits: A_last above " + learner + ", points", 100 * (last - mean(runs, learner + " A_last")), 40);
        }
        claims.atLeast("digits: A_last above replay-200, points", 100 * (last - mean(runs, "replay-200 A_last")), 8);
        claims.atLeast("digits: A_AUC above replay-200, points", 100 * (auc - mean(runs, "replay-200 A_AUC")), 10);
        claims.equal(
                "the same stream again gives the same state",
                runs.getFirst().artifact("state"),
                platform.run(METHOD, STREAM, Map.of("data", digits), 1).artifact("state"));
    }

    private static double mean(List<Result> runs, String figure) {
        return runs.stream().mapToDouble(run -> run.figure(figure)).average().orElse(Double.NaN);
    }

    /** Digits learned class by class in several orders, merged from halves, and unlearned. */
    private void parts(Claims claims, ProofPlatform platform) throws Exception {
        List<String> classes = new ArrayList<>();
        for (int digit = 0; digit < 10; digit++) {
            Path one = Files.createDirectories(folder.resolve("digit-" + digit));
            Files.copy(ProofData.digits().resolve(digit + ".json"), one.resolve(digit + ".json"));
            classes.add(platform.importTree("dataset", one));
        }
        String learn = "{\"expansion\": 1000, \"gamma\": 1}";
        String all = platform.importTree("dataset", ProofData.digits());
        List<Double> accuracies = new ArrayList<>();
        String chained = "";
        for (int order = 0; order < 5; order++) {
            String state = "";
            for (int i = 0; i < 10; i++) {
                String digit = classes.get((i * (order % 2 == 0 ? 3 : 7) + order) % 10);
                Map<String, String> inputs =
                        state.isEmpty() ? Map.of("data", digit) : Map.of("data", digit, "state", state);
                state = platform.run(METHOD, learn, inputs, 1).artifact("state");
            }
            accuracies.add(accuracy(platform, state, all));
            chained = state;
        }
        Result joint = platform.run(METHOD, learn, Map.of("data", all), 1);
        accuracies.add(accuracy(platform, joint.artifact("state"), all));
        claims.atMost("digits: spread of accuracy over 5 orders of classes and all at once", spread(accuracies), 1e-12);
        claims.atMost(
                "digits: head of ten jobs of one class each against that of one job, relative",
                distance(platform, chained, joint.artifact("state")),
                1e-8);
        String unlearned = platform.run(
                        METHOD,
                        "{\"mode\": \"unlearn\", \"gamma\": 1}",
                        Map.of("data", classes.get(0), "state", joint.artifact("state")),
                        1)
                .artifact("state");
        String merged = platform.run(
                        METHOD,
                        "{\"mode\": \"merge\", \"gamma\": 1}",
                        Map.of(
                                "state",
                                unlearned,
                                "other",
                                platform.run(METHOD, learn, Map.of("data", classes.get(0)), 1)
                                        .artifact("state")),
                        1)
                .artifact("state");
        claims.atMost(
                "digits: head after unlearning a class and merging it again, relative",
                distance(platform, merged, joint.artifact("state")),
                1e-8);
    }

    private static double accuracy(ProofPlatform platform, String state, String data) {
        return platform.run("incremental-learner/g-acil-predict", "{}", Map.of("state", state, "data", data), 1)
                .figure("accuracy");
    }

    private static double spread(List<Double> values) {
        double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
        double least = values.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
        return most - least;
    }

    /** ‖W − W'‖ / ‖W'‖, with columns matched by class. */
    private static double distance(ProofPlatform platform, String found, String expected) throws IOException {
        Torch.start(Runtime.getRuntime().availableProcessors());
        try (var one = StateFile.read(platform.files(found));
                var two = StateFile.read(platform.files(expected));
                Head a = one.state().head(1);
                Head b = two.state().head(1);
                var _ = TensorScope.open()) {
            long[] order = b.classes().stream().mapToLong(a.classes()::indexOf).toArray();
            Tensor matched = a.weight().index_select(0, Tensors.of(order, order.length));
            return matched.sub(b.weight()).norm().item_double()
                    / b.weight().norm().item_double();
        }
    }
}
