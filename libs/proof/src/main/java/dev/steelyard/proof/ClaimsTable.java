package dev.steelyard.proof;

import java.io.PrintStream;
import java.util.List;

/** Claims as people read them. */
record ClaimsTable(String method, List<Claim> claims) {
    private static final int VERDICT = 12;

    void print(PrintStream out) {
        int words =
                claims.stream().mapToInt(claim -> claim.claim().length()).max().orElse(0);
        out.println();
        out.println("proof of " + method);
        for (Claim claim : claims) {
            out.println(pad(verdict(claim), VERDICT + 1) + pad(claim.claim(), words + 2) + figure(claim));
        }
    }

    /** One claim in one line, as it is found. */
    static String line(Claim claim) {
        return verdict(claim) + "  " + claim.claim() + "  " + figure(claim);
    }

    private static String verdict(Claim claim) {
        return switch (claim) {
            case Claim.Bounded bounded -> bounded.verdict();
            case Claim.Noted _ -> "note";
            case Claim.NotMeasured _ -> "NOT MEASURED";
        };
    }

    private static String figure(Claim claim) {
        return switch (claim) {
            case Claim.Bounded bounded ->
                pad(Claim.number(bounded.measured()), 12) + bounded.side().sign() + " " + Claim.number(bounded.bound());
            case Claim.Noted noted -> noted.figure();
            case Claim.NotMeasured missing -> missing.reason();
        };
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
