package dev.steelyard.proof;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a method claims, what was found, and whether that is enough. Used in one test method:
 *
 * <pre>{@code
 * Claims claims = new Claims("quantizer/finequant");
 * claims.atLeast("sentences compared", 287, 200);
 * claims.publish();
 * }</pre>
 *
 * A proof that ends before {@link #publish} leaves no file, not even that of an earlier run.
 */
public final class Claims {
    private static final JsonMapper JSON = new JsonMapper();

    private final String method;
    private final Path file;
    private final List<Claim> claims = new ArrayList<>();

    /**
     * Claims of one method, kept in {@code target/proofs/<service>-<method>.json} of the repository.
     *
     * @param method "service/method"
     */
    public Claims(String method) throws IOException {
        this(method, Repository.proofs().resolve(method.replace('/', '-') + ".json"));
    }

    Claims(String method, Path file) throws IOException {
        this.method = method;
        this.file = file;
        Files.deleteIfExists(file);
    }

    /** Holds when {@code measured >= bound}. */
    public void atLeast(String claim, double measured, double bound) {
        add(new Claim.Bounded(claim, measured, Claim.Side.AT_LEAST, bound));
    }

    /** Holds when {@code measured <= bound}. */
    public void atMost(String claim, double measured, double bound) {
        add(new Claim.Bounded(claim, measured, Claim.Side.AT_MOST, bound));
    }

    /**
     * Holds when {@code expected} and {@code found} are equal; measured is how many of the compared things differ.
     *
     * @param claim in words, such as "the same job gives the same artifact"
     */
    public void equal(String claim, Object expected, Object found) {
        if (!expected.equals(found)) {
            System.out.println("  expected " + expected + "\n  found    " + found);
        }
        atMost(claim + " (differences)", expected.equals(found) ? 0 : 1, 0);
    }

    /** Holds when it holds; measured is the number of violations, 0 or 1. */
    public void holds(String claim, boolean holds) {
        atMost(claim + " (violations)", holds ? 0 : 1, 0);
    }

    /** A figure without a bound: printed, not in the file. */
    public void note(String claim, double figure, String unit) {
        note(claim, (Claim.number(figure) + " " + unit).strip());
    }

    /** A figure without a bound: printed, not in the file. */
    public void note(String claim, String figure) {
        add(new Claim.Noted(claim, figure));
    }

    /** A claim that cannot be measured here: printed with the reason, not in the file, and never a PASS. */
    public void notMeasured(String claim, String reason) {
        add(new Claim.NotMeasured(claim, reason));
    }

    private void add(Claim claim) {
        claims.add(claim);
        System.out.println("  " + ClaimsTable.line(claim));
    }

    /**
     * Prints the table and writes the file: a JSON list of {@code {"claim", "measured", "bound", "verdict"}}, with
     * figures that have a bound only.
     *
     * @throws AssertionError when a claim fails, or when nothing was held against a bound
     */
    public void publish() throws IOException {
        publish(System.out);
    }

    void publish(PrintStream out) throws IOException {
        List<Claim.Bounded> bounded = claims.stream()
                .filter(Claim.Bounded.class::isInstance)
                .map(Claim.Bounded.class::cast)
                .toList();
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(entries(bounded)) + "\n");
        new ClaimsTable(method, claims).print(out);
        out.println("written to " + Repository.shown(file));
        List<Claim.Bounded> failed =
                bounded.stream().filter(claim -> !claim.passes()).toList();
        if (bounded.isEmpty()) {
            throw new AssertionError(method + ": nothing was measured against a bound");
        }
        if (!failed.isEmpty()) {
            throw new AssertionError("%s: %d of %d claims do not hold: %s"
                    .formatted(
                            method,
                            failed.size(),
                            bounded.size(),
                            String.join("; ", failed.stream().map(Claim::claim).toList())));
        }
    }

    private static List<Map<String, Object>> entries(List<Claim.Bounded> bounded) {
        List<Map<String, Object>> entries = new ArrayList<>();
        for (Claim.Bounded claim : bounded) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("claim", claim.claim() + " (" + claim.side().words() + ")");
            entry.put("measured", claim.finite());
            entry.put("bound", claim.bound());
            entry.put("verdict", claim.verdict());
            entries.add(entry);
        }
        return entries;
    }
}
