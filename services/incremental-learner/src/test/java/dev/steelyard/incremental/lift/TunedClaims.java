package dev.steelyard.incremental.lift;

import dev.steelyard.proof.Claims;
import dev.steelyard.proof.Contender;
import dev.steelyard.proof.ProofPlatform;
import dev.steelyard.proof.Result;
import dev.steelyard.proof.Runs;
import dev.steelyard.proof.Standings;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is claimed of a model that was fine-tuned by chosen entries, whichever model that is. */
public final class TunedClaims {
    /** Figure of the loss on text of the new kind. */
    public static final String NEW = "validation loss after";

    /** Figure of the loss on text of the old kind. */
    public static final String OLD = "retention loss after";

    private TunedClaims() {}

    /** How much was forgotten: the rise of the loss on old text. */
    public static double rise(Result run) {
        return run.figure(OLD) - run.figure("retention loss before");
    }

    /** The mean of the same. */
    public static double rise(Runs runs) {
        return runs.sample(TunedClaims::rise).mean();
    }

    /** Losses and rate of each contender. */
    public static void note(Claims claims, Standings standings) {
        for (Runs runs : standings.all()) {
            claims.note(
                    runs.contender().name(),
                    String.format(
                            Locale.ROOT,
                            "rate %s, loss on new text %s (from %.4f), on old text %s (up %.4f), %.0f ms a step",
                            runs.rate(),
                            runs.sample(NEW).spread(),
                            runs.mean("validation loss before"),
                            runs.sample(OLD).spread(),
                            rise(runs),
                            runs.mean("milliseconds of a step")));
        }
    }

    /** The new is learned at least as well as by others. */
    public static void learned(Claims claims, Standings standings, Contender lift, List<Contender> others) {
        for (Contender other : others) {
            claims.atMost(
                    "loss on new text less that of " + other.name(),
                    standings.of(lift).mean(NEW) - standings.of(other).mean(NEW),
                    0);
        }
    }

    /** Moments take little. */
    public static void moments(Claims claims, Runs lift) {
        Result run = lift.all().getFirst();
        claims.atMost(
                "bytes of moments over dense ones of the targets",
                run.figure("bytes of moments") / run.figure("bytes of dense moments of the targets"),
                0.06);
        claims.note("entries that stay chosen", lift.mean("entries that stay chosen"), "");
    }

    /** The delta leads from base to tuned model and back, byte for byte. */
    public static void delta(Claims claims, ProofPlatform platform, String base, Result run) {
        Result applied = delta(platform, "apply", base, run);
        claims.equal("delta applied to the base", run.artifact("model"), applied.artifact("model"));
        Result reverted = delta(platform, "revert", run.artifact("model"), run);
        claims.equal("delta reverted from the tuned model", base, reverted.artifact("model"));
    }

    private static Result delta(ProofPlatform platform, String mode, String model, Result run) {
        return platform.run(
                "incremental-learner/lift-delta",
                "{\"mode\": \"%s\"}".formatted(mode),
                Map.of("model", model, "delta", run.artifact("delta")),
                1);
    }
}
