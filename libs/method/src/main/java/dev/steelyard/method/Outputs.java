package dev.steelyard.method;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;

/**
 * What a run returns: the names of the outputs it wrote by {@link JobContext#output} and a few figures to show. The
 * figures are not part of any artifact; times and other things that differ between runs belong here, not in files.
 *
 * @param names outputs written, each declared by the spec
 * @param summary figure name to value: String, Number, Boolean, or List and Map of these
 */
public record Outputs(SequencedSet<String> names, SequencedMap<String, Object> summary) {

    public Outputs {
        names = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(names));
        summary = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(summary));
    }

    /** The named outputs and no figures. */
    public static Outputs of(String... names) {
        SequencedSet<String> set = new LinkedHashSet<>();
        Collections.addAll(set, names);
        return new Outputs(set, new LinkedHashMap<>(Map.of()));
    }

    /** The same with one more figure. */
    public Outputs with(String figure, Object value) {
        SequencedMap<String, Object> more = new LinkedHashMap<>(summary);
        more.put(figure, value);
        return new Outputs(names, more);
    }
}
