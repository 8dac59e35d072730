package dev.steelyard.method;

/**
 * A named input or output of a method.
 *
 * @param name lower case, such as "model"
 * @param kind what an artifact there must be
 * @param required whether no job can go without it
 * @param description one line
 */
public record Port(String name, Kind kind, boolean required, String description) {

    /** The kinds of artifact. */
    public enum Kind {
        MODEL,
        DATASET,
        REPORT;

        /** "model", "dataset" or "report", as in contracts and URLs. */
        public String wire() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    public static Port model(String name, String description) {
        return new Port(name, Kind.MODEL, true, description);
    }

    public static Port dataset(String name, String description) {
        return new Port(name, Kind.DATASET, true, description);
    }

    public static Port report(String name, String description) {
        return new Port(name, Kind.REPORT, true, description);
    }

    /** The same, not required. */
    public Port optional() {
        return new Port(name, kind, false, description);
    }
}
