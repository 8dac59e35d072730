package dev.steelyard.incremental.gacil;

import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.client.Problem;
import dev.steelyard.cli.client.Publication;
import dev.steelyard.cli.client.Submission;
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
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * G-ACIL on a stream of five tasks cut from 10,000 handwritten digits, three seeds, beside a perceptron on the same
 * features: their pixels, and what a CNN that has seen five of the ten classes makes of them; the same for a dictionary
 * of ten topics through a sentence encoder; and the digits in any order, merged and unlearned. Run by {@code make proof
 * METHOD=incremental-learner/g-acil}.
 */
class GAcilProof {
    private static final String METHOD = "incremental-learner/g-acil";
    private static final int RANDOM_STREAMS = 20;

    @TempDir
    Path folder;

    @Test
    void streams_end_at_the_joint_solution_and_above_their_baselines() throws Exception {
        Claims claims = new Claims(METHOD);
        try (ProofPlatform platform = ProofPlatform.start("incremental-learner")) {
            String digits = platform.importTree("dataset", ProofData.digits());
            ProofStreams streams = new ProofStreams(claims, platform, folder);
            streams.byPixels(digits);
            randomStreams(claims);
            parts(claims, platform);
            streams.byTrainedEncoder();
            streams.ofDictionary();
            conflict(claims, platform, digits);
        }
        claims.notMeasured(
                "samples a second beside NumPy and PyTorch", "needs Python; make bench-gram prints them side by side");
        claims.publish();
    }

    /** The joint solution comes from a solver that shares nothing with the method. */
    private static void randomStreams(Claims claims) throws Exception {
        try (RandomStreams streams = new RandomStreams(ProofData.digits())) {
            double worst = 0;
            for (int stream = 0; stream < RANDOM_STREAMS; stream++) {
                worst = Math.max(worst, streams.distance(stream));
            }
            claims.atMost(
                    "digits: head of 20 random streams (single samples, single classes, classes that come back) against "
                            + "joint ridge regression, relative, the worst",
                    worst,
                    1e-8);
            claims.atMost(
                    "digits: head of two states merged against joint ridge regression, relative",
                    streams.mergedDistance(),
                    1e-8);
            claims.atMost(
                    "digits: head after unlearning half of what was learned against joint ridge regression, relative",
                    streams.unlearnedDistance(),
                    1e-8);
        }
    }

    /** Two jobs that begin with version 1 of one state, at once. */
    private static void conflict(Claims claims, ProofPlatform platform, String digits) {
        Submission learn = Submission.of(METHOD)
                .param("expansion", 256)
                .input("data", digits)
                .publish(new Publication("state", "proof", Optional.of(0)))
                .uncached();
        platform.await(platform.client().jobs().submit(learn));
        Submission more = learn.input("state", "proof:1").publish(new Publication("state", "proof", Optional.of(1)));
        List<Job> together = List.of(
                platform.client().jobs().submit(more.seed(1)),
                platform.client().jobs().submit(more.seed(2)));
        List<Job> lost = together.stream()
                .map(platform::end)
                .filter(job -> job.state() == Job.State.FAILED)
                .toList();
        claims.equal("of two jobs that change one state at once, those that fail", 1, lost.size());
        Problem problem = lost.getFirst().problem().orElseThrow();
        claims.equal("its problem", "version-conflict", problem.code());
        claims.holds("it names the newer version", problem.detail().contains("proof:2"));
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
        claims.atMost(
                "digits: head of a job that adds sample by sample against that of one by thousands, relative",
                distance(
                        platform,
                        platform.run(METHOD, learn.replace("{", "{\"batch\": 1, "), Map.of("data", classes.get(1)), 1)
                                .artifact("state"),
                        platform.run(METHOD, learn, Map.of("data", classes.get(1)), 1)
                                .artifact("state")),
                1e-8);
        String unlearned = platform.run(
                        METHOD,
                        "{\"mode\": \"unlearn\", \"gamma\": 1}",
                        Map.of("data", classes.get(0), "state", joint.artifact("state")),
                        1)
                .artifact("state");
        Path rest = Files.createDirectories(folder.resolve("rest"));
        for (int digit = 1; digit < 10; digit++) {
            Files.copy(ProofData.digits().resolve(digit + ".json"), rest.resolve(digit + ".json"));
        }
        claims.atMost(
                "digits: head after unlearning a class against one that never learned it, relative",
                distance(
                        platform,
                        unlearned,
                        platform.run(METHOD, learn, Map.of("data", platform.importTree("dataset", rest)), 1)
                                .artifact("state")),
                1e-8);
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
