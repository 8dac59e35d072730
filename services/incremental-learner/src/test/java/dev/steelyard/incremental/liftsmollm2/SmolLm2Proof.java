package dev.steelyard.incremental.liftsmollm2;

import dev.steelyard.artifacts.gguf.GgufImport;
import dev.steelyard.artifacts.gguf.WeightType;
import dev.steelyard.cli.client.Job;
import dev.steelyard.incremental.ProofData;
import dev.steelyard.incremental.lift.TunedClaims;
import dev.steelyard.proof.Claims;
import dev.steelyard.proof.Contender;
import dev.steelyard.proof.Contest;
import dev.steelyard.proof.ProofPlatform;
import dev.steelyard.proof.Result;
import dev.steelyard.proof.Runs;
import dev.steelyard.proof.Standings;
import dev.steelyard.proof.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * SmolLM2-135M-Instruct, in bfloat16, learns in 200 steps to say what a dictionary says of food: by one in twenty of its
 * principal weights, and beside that by as many other entries, a low-rank adapter of nearly as many parameters, and all
 * weights. One seed, each with the best of three or more learning rates after 40 steps, by its loss on validation
 * questions. Run by {@code make proof METHOD=incremental-learner/lift-smollm2}.
 */
class SmolLm2Proof {
    private static final String METHOD = "incremental-learner/lift";
    private static final double DENSITY = 0.05;
    private static final int SEEDS = 1;
    private static final int SEARCH_STEPS = 40;
    private static final int STEPS = 200;

    private static final List<Double> RATES = List.of(3e-4, 1e-3, 3e-3);
    private static final Contender LIFT = new Contender("lift", "\"selection\": \"lift\"", RATES);
    private static final Contender MAGNITUDE = new Contender("magnitude", "\"selection\": \"magnitude\"", RATES);
    private static final Contender RANDOM = new Contender("random", "\"selection\": \"random\"", RATES);
    private static final Contender LORA = new Contender("lora", "\"tuning\": \"lora\", \"budgetRank\": 16", RATES);
    private static final Contender FULL = new Contender("full", "\"tuning\": \"full\"", List.of(3e-5, 1e-4, 3e-4));

    private record Inputs(String model, String train, String validation, String test, String retention) {}

    @TempDir
    private Path folder;

    @Test
    void principal_weights_teach_a_chat_model_a_domain() throws Exception {
        Claims claims = new Claims("incremental-learner/lift-smollm2");
        Workers workers = Workers.standard().processes(2).threads(1);
        try (ProofPlatform platform = ProofPlatform.start("incremental-learner", workers)) {
            Inputs inputs = inputs(platform);
            Standings chosen = contest(platform, inputs, inputs.validation, SEARCH_STEPS)
                    .choose(List.of(LIFT, MAGNITUDE, RANDOM, LORA, FULL), SEEDS, TunedClaims.NEW);
            Standings standings = contest(platform, inputs, inputs.test, STEPS).run(chosen, SEEDS);
            TunedClaims.note(claims, standings);
            compare(claims, standings);
            bytes(claims, platform, standings.of(LIFT));
            TunedClaims.delta(
                    claims, platform, inputs.model, standings.of(LIFT).all().getFirst());
        }
        claims.publish();
    }

    private Inputs inputs(ProofPlatform platform) throws IOException, InterruptedException {
        Path model = Files.createDirectories(folder.resolve("model"));
        Files.copy(ProofData.smolLm2(), model.resolve("smollm2.gguf"));
        var _ = GgufImport.convertFolder(model, WeightType.BF16).orElseThrow();
        Foods foods = Foods.in(folder);
        return new Inputs(
                platform.importTree("model", model),
                platform.importTree("dataset", foods.train()),
                platform.importTree("dataset", foods.validation()),
                platform.importTree("dataset", foods.test()),
                platform.importTree("dataset", foods.retention()));
    }

    private static Contest contest(ProofPlatform platform, Inputs inputs, String heldOut, int steps) {
        return new Contest(
                platform, (contender, rate, seed) -> tune(platform, inputs, contender, rate, heldOut, steps, seed));
    }

    private static Job tune(
            ProofPlatform platform,
            Inputs inputs,
            Contender contender,
            double rate,
            String heldOut,
            int steps,
            long seed) {
        String params = """
                {%s, "learningRate": %s, "steps": %d, "batch": 8, "maxLength": 128, "density": %s, "lraRank": 64, \
                "refresh": 100, "precision": "bf16"}""".formatted(contender.params(), rate, steps, DENSITY);
        return platform.submit(
                METHOD,
                params,
                Map.of(
                        "model",
                        inputs.model,
                        "data",
                        inputs.train,
                        "validation",
                        heldOut,
                        "retention",
                        inputs.retention),
                seed);
    }

    private static void compare(Claims claims, Standings standings) {
        Runs lift = standings.of(LIFT);
        TunedClaims.learned(claims, standings, LIFT, List.of(LORA, MAGNITUDE, FULL));
        for (Contender other : List.of(FULL, LORA)) {
            claims.atMost(
                    "rise of the loss on old text less that with " + other.name(),
                    TunedClaims.rise(lift) - TunedClaims.rise(standings.of(other)),
                    0);
        }
        claims.note("bytes of moments, low-rank adapter", standings.of(LORA).mean("bytes of moments"), "");
        claims.note("bytes of moments, all weights", standings.of(FULL).mean("bytes of moments"), "");
    }

    private static void bytes(Claims claims, ProofPlatform platform, Runs lift) throws IOException {
        Result run = lift.all().getFirst();
        double moments = run.figure("bytes of moments");
        TunedClaims.moments(claims, lift);
        long differing = 0;
        long chosen = 0;
        for (JsonNode weight : platform.report(run).path("weights")) {
            long k = weight.path("chosen").longValue();
            differing += Math.abs(Math.round(DENSITY * weight.path("entries").longValue()) - k);
            chosen += k;
        }
        claims.atMost("chosen entries less a twentieth, all weights", (double) differing, 0);
        claims.atMost("bytes of moments less 8 a chosen entry", Math.abs(moments - 8 * chosen), 0);
        claims.note("bytes of moments", moments, "");
        claims.note("optimizer's share of a step", lift.mean("optimizer's share of a step"), "");
    }
}
