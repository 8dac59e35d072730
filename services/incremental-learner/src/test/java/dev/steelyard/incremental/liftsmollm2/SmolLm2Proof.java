package dev.steelyard.incremental.liftsmollm2;

import dev.steelyard.artifacts.gguf.GgufImport;
import dev.steelyard.artifacts.gguf.WeightType;
import dev.steelyard.cli.client.Job;
import dev.steelyard.proof.Claims;
import dev.steelyard.proof.Contender;
import dev.steelyard.proof.Contest;
import dev.steelyard.proof.ProofPlatform;
import dev.steelyard.proof.Repository;
import dev.steelyard.proof.Result;
import dev.steelyard.proof.Runs;
import dev.steelyard.proof.Standings;
import dev.steelyard.proof.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * SmolLM2-135M-Instruct, in bfloat16, learns in 200 steps to say what a dictionary says of food: by one in twenty of its
 * principal weights, and beside that by as many other entries, a low-rank adapter of nearly as many parameters, and all
 * weights. One seed, each with the best of three or more learning rates after 40 steps, by its loss on validation
 * questions. Run by
 * {@code make proof METHOD=incremental-learner/lift-smollm2}.
 */
class SmolLm2Proof {
    private static final String METHOD = "incremental-learner/lift";
    private static final String GGUF = "target/models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf";
    private static final String VALIDATION = "validation loss after";
    private static final String RETENTION = "retention loss after";
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
                    .choose(List.of(LIFT, MAGNITUDE, RANDOM, LORA, FULL), SEEDS, VALIDATION);
            Standings standings = contest(platform, inputs, inputs.test, STEPS).run(chosen, SEEDS);
            for (Runs runs : standings.all()) {
                claims.note(runs.contender().name(), describe(runs));
            }
            compare(claims, standings);
            bytes(claims, platform, standings.of(LIFT));
            exact(claims, platform, inputs, standings.of(LIFT).all().getFirst());
        }
        claims.publish();
    }

    private Inputs inputs(ProofPlatform platform) throws IOException, InterruptedException {
        Process fetch = new ProcessBuilder("examples/smollm2/fetch")
                .directory(Repository.root().toFile())
                .inheritIO()
                .start();
        if (!fetch.waitFor(10, TimeUnit.MINUTES) || fetch.exitValue() != 0) {
            fetch.destroyForcibly();
            throw new IOException("examples/smollm2/fetch failed");
        }
        Path model = Files.createDirectories(folder.resolve("model"));
        Files.copy(Repository.root().resolve(GGUF), model.resolve("smollm2.gguf"));
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

    private static double rise(Runs runs) {
        return runs.mean(RETENTION) - runs.mean("retention loss before");
    }

    private static String describe(Runs runs) {
        return String.format(
                Locale.ROOT,
                "rate %s, loss on new answers %.4f (from %.4f), on prose %.4f (up %.4f), %.0f ms a step",
                runs.rate(),
                runs.mean(VALIDATION),
                runs.mean("validation loss before"),
                runs.mean(RETENTION),
                rise(runs),
                runs.mean("milliseconds of a step"));
    }

    private static void compare(Claims claims, Standings standings) {
        Runs lift = standings.of(LIFT);
        for (Contender other : List.of(LORA, MAGNITUDE, FULL)) {
            claims.atMost(
                    "loss on new answers less that of " + other.name(),
                    lift.mean(VALIDATION) - standings.of(other).mean(VALIDATION),
                    0);
        }
        for (Contender other : List.of(FULL, LORA)) {
            claims.atMost(
                    "rise of the loss on prose less that with " + other.name(),
                    rise(lift) - rise(standings.of(other)),
                    0);
        }
        claims.note("bytes of moments, low-rank adapter", standings.of(LORA).mean("bytes of moments"), "");
        claims.note("bytes of moments, all weights", standings.of(FULL).mean("bytes of moments"), "");
    }

    private static void bytes(Claims claims, ProofPlatform platform, Runs lift) throws IOException {
        Result run = lift.all().getFirst();
        double moments = run.figure("bytes of moments");
        claims.atMost(
                "bytes of moments over dense ones of the targets",
                moments / run.figure("bytes of dense moments of the targets"),
                0.06);
        long differing = 0;
        long chosen = 0;
        for (JsonNode weight : report(platform, run).path("weights")) {
            long k = weight.path("chosen").longValue();
            differing += Math.abs(Math.round(DENSITY * weight.path("entries").longValue()) - k);
            chosen += k;
        }
        claims.atMost("chosen entries less a twentieth, all weights", (double) differing, 0);
        claims.atMost("bytes of moments less 8 a chosen entry", Math.abs(moments - 8 * chosen), 0);
        claims.note("bytes of moments", moments, "");
        claims.note("optimizer's share of a step", lift.mean("optimizer's share of a step"), "");
        claims.note("entries that stay chosen", lift.mean("entries that stay chosen"), "");
    }

    private static JsonNode report(ProofPlatform platform, Result run) throws IOException {
        return new JsonMapper()
                .readTree(platform.output(run, "report").resolve("report.json").toFile());
    }

    private static void exact(Claims claims, ProofPlatform platform, Inputs inputs, Result run) {
        Map<String, String> forth = Map.of("model", inputs.model, "delta", run.artifact("delta"));
        Result applied = platform.run("incremental-learner/lift-delta", "{\"mode\": \"apply\"}", forth, 1);
        claims.equal("delta applied to the base", run.artifact("model"), applied.artifact("model"));
        Map<String, String> back = Map.of("model", run.artifact("model"), "delta", run.artifact("delta"));
        Result reverted = platform.run("incremental-learner/lift-delta", "{\"mode\": \"revert\"}", back, 1);
        claims.equal("delta reverted from the tuned model", inputs.model, reverted.artifact("model"));
    }
}
