package dev.steelyard.incremental.lift;

import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.cli.client.Job;
import dev.steelyard.proof.Claims;
import dev.steelyard.proof.Contender;
import dev.steelyard.proof.Contest;
import dev.steelyard.proof.ProofPlatform;
import dev.steelyard.proof.Result;
import dev.steelyard.proof.Runs;
import dev.steelyard.proof.Sample;
import dev.steelyard.proof.Standings;
import dev.steelyard.proof.Workers;
import dev.steelyard.tensor.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A decoder over bytes, 128 wide with 4 layers and 64 positions, learns English prose in 1,500 steps, with one part in
 * twenty of program text, so that the bytes of programs are known to it. Then it learns the program text of another
 * author in 250 steps: by its principal weights, and beside that by other entries, a low-rank adapter of as many
 * parameters, and all weights. Each with three seeds and the best of three or more learning rates by their mean loss on
 * validation text of the target, with rates tried on both sides of it. A base that saw prose alone is noted, too. Run by
 * {@code make proof METHOD=incremental-learner/lift}.
 */
class LiftProof {
    private static final String METHOD = "incremental-learner/lift";
    private static final RandomDecoder DECODER = new RandomDecoder(128, 4, 4, 4, 344, 0.02, 0.02);
    private static final int SEEDS = 3;
    private static final int THREADS = 1;
    private static final Torch ENGINE = Torch.start(THREADS);

    @TempDir
    Path folder;

    private static final List<Double> RATES = List.of(1e-3, 3e-3, 1e-2);
    private static final Contender LIFT = new Contender("lift", "\"selection\": \"lift\"", RATES);
    private static final Contender MAGNITUDE = new Contender("magnitude", "\"selection\": \"magnitude\"", RATES);
    private static final Contender LORA = new Contender("lora", "\"tuning\": \"lora\"", RATES);
    private static final Contender FULL = new Contender("full", "\"tuning\": \"full\"", List.of(1e-4, 3e-4, 1e-3));
    private static final List<Contender> CONTENDERS = List.of(
            LIFT,
            MAGNITUDE,
            new Contender("random", "\"selection\": \"random\"", RATES),
            new Contender("smallest", "\"selection\": \"smallest\"", RATES),
            LORA,
            FULL);

    private record Inputs(List<String> bases, String program, String validation, String test, String retention) {}

    @Test
    void principal_weights_learn_a_new_domain_and_keep_the_old_one() throws Exception {
        Claims claims = new Claims(METHOD);
        Workers workers = Workers.standard().processes(2).threads(THREADS);
        try (ProofPlatform platform = ProofPlatform.start("incremental-learner", workers)) {
            Inputs inputs = inputs(claims, platform);
            Standings standings = contend(platform, inputs);
            TunedClaims.note(claims, standings);
            compare(claims, standings);
            proseAlone(claims, platform, inputs, standings);
            bytes(claims, platform, standings.of(LIFT), standings.of(FULL));
            exact(claims, platform, inputs, standings.of(LIFT));
        }
        claims.publish();
    }

    private Inputs inputs(Claims claims, ProofPlatform platform) throws Exception {
        ProofTexts texts = ProofTexts.in(Path.of("target", "proof-data").toAbsolutePath());
        String source = platform.importTree("dataset", texts.source());
        String retention = platform.importTree("dataset", texts.retention());
        List<Job> jobs = new ArrayList<>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            jobs.add(base(platform, source, retention, seed));
        }
        jobs.add(base(platform, platform.importTree("dataset", texts.prose()), retention, 1));
        List<Result> bases = jobs.stream().map(platform::await).toList();
        claims.note(
                "base: loss on held-out prose, nats a byte, mean of 3 seeds",
                Sample.of(bases.subList(0, SEEDS), run -> run.figure(TunedClaims.OLD))
                        .mean(),
                "");
        return new Inputs(
                bases.stream().map(run -> run.artifact("model")).toList(),
                platform.importTree("dataset", texts.program()),
                platform.importTree("dataset", texts.validation()),
                platform.importTree("dataset", texts.test()),
                retention);
    }

    private Job base(ProofPlatform platform, String data, String retention, int seed) throws IOException {
        Path random =
                DECODER.write(ENGINE, folder.resolve("random-" + seed + data.substring(7)), DType.F32, 1 << 30, seed);
        return platform.submit(
                METHOD,
                """
                {"tuning": "full", "steps": 1500, "batch": 16, "maxLength": 64, "learningRate": 0.002, \
                "weightDecay": 0.01}""",
                Map.of("model", platform.importTree("model", random), "data", data, "retention", retention),
                seed);
    }

    /** Chooses a learning rate for each by its mean loss on validation text, then measures all on test text. */
    private static Standings contend(ProofPlatform platform, Inputs inputs) {
        Standings chosen = contest(platform, inputs, inputs.validation).choose(CONTENDERS, SEEDS, TunedClaims.NEW);
        return contest(platform, inputs, inputs.test).run(chosen, SEEDS);
    }

    /** Each seed has its own base. */
    private static Contest contest(ProofPlatform platform, Inputs inputs, String heldOut) {
        return new Contest(platform, (contender, rate, seed) -> {
            String base = inputs.bases.get((int) seed - 1);
            return tune(platform, inputs, contender, rate, heldOut, base, seed);
        });
    }

    private static Job tune(
            ProofPlatform platform,
            Inputs inputs,
            Contender contender,
            double rate,
            String heldOut,
            String base,
            long seed) {
        String params = """
                {%s, "learningRate": %s, "steps": 250, "batch": 16, "maxLength": 64, "budgetRank": 4, "lraRank": 8, \
                "refresh": 50}""".formatted(contender.params(), rate);
        return platform.submit(
                METHOD,
                params,
                Map.of("model", base, "data", inputs.program, "validation", heldOut, "retention", inputs.retention),
                seed);
    }

    /** A base to which the bytes of programs are new, with the same learning rates. */
    private static void proseAlone(Claims claims, ProofPlatform platform, Inputs inputs, Standings standings) {
        Map<Contender, Job> jobs = new LinkedHashMap<>();
        for (Contender contender : List.of(LIFT, LORA, FULL)) {
            double rate = standings.of(contender).rate();
            jobs.put(contender, tune(platform, inputs, contender, rate, inputs.test, inputs.bases.getLast(), 1));
        }
        jobs.forEach((contender, job) -> {
            Result run = platform.await(job);
            claims.note(
                    "base of prose alone, one seed: " + contender.name(),
                    String.format(
                            Locale.ROOT,
                            "loss on new text %.4f (from %.4f), on old text %.4f (up %.4f)",
                            run.figure(TunedClaims.NEW),
                            run.figure("validation loss before"),
                            run.figure(TunedClaims.OLD),
                            TunedClaims.rise(run)));
        });
    }

    private static void compare(Claims claims, Standings standings) {
        Runs lift = standings.of(LIFT);
        TunedClaims.learned(claims, standings, LIFT, List.of(LORA, MAGNITUDE));
        for (Contender other : List.of(FULL, LORA)) {
            claims.atMost(
                    "rise of the loss on old text less that with " + other.name(),
                    TunedClaims.rise(lift) - TunedClaims.rise(standings.of(other)),
                    0);
        }
    }

    private static void bytes(Claims claims, ProofPlatform platform, Runs lift, Runs full) throws IOException {
        Result run = lift.all().getFirst();
        double moments = run.figure("bytes of moments");
        TunedClaims.moments(claims, lift);
        claims.note("bytes of moments, all weights", full.all().getFirst().figure("bytes of moments"), "");
        claims.atMost("optimizer's share of a step", lift.mean("optimizer's share of a step"), 0.03);
        long differing = 0;
        for (JsonNode weight : platform.report(run).path("weights")) {
            long entries = weight.path("entries").longValue();
            long k = entries == 128 * 128 ? 2 * 128 * 4 : (128 + 344) * 4;
            differing += Math.abs(k - weight.path("chosen").longValue());
        }
        claims.atMost("chosen entries less (m + n)·ρ, all weights", (double) differing, 0);
        claims.atMost("bytes of moments less 8 a chosen entry", Math.abs(moments - 8 * (16 * 1024 + 12 * 1888)), 0);
    }

    private static void exact(Claims claims, ProofPlatform platform, Inputs inputs, Runs lift) throws IOException {
        Result run = lift.all().getFirst();
        String base = inputs.bases.getFirst();
        TunedClaims.delta(claims, platform, base, run);
        Result again = platform.await(tune(platform, inputs, LIFT, lift.rate(), inputs.test, base, 1));
        claims.equal("the same job again gives the same model", run.artifact("model"), again.artifact("model"));
        Result still = platform.run(METHOD, """
                {"steps": 100, "batch": 16, "maxLength": 64, "budgetRank": 4, "lraRank": 8, "refresh": 0, \
                "learningRate": 0.01}""", Map.of("model", base, "data", inputs.program), 1);
        claims.atMost(
                "entries changed outside the one mask",
                (double) MaskedChange.outside(ENGINE, platform.files(base), platform.output(still, "model"), 8, 4),
                0);
    }
}
