package dev.steelyard.artifacts;

import java.util.Locale;

/** What an artifact is. */
public enum ArtifactKind {
    MODEL,
    DATASET,
    REPORT;

    /** "model", "dataset" or "report", as in manifests, contracts and URLs. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads the form of {@link #wire()}.
     *
     * @throws IllegalArgumentException naming the kinds there are
     */
    public static ArtifactKind parse(String wire) {
        for (ArtifactKind kind : values()) {
            if (kind.wire().equals(wire)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("artifact kind '" + wire + "': expected model, dataset or report");
    }
}
