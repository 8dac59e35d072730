package dev.steelyard.proof;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the contenders of a contest came to, in their order. */
public final class Standings {
    private final Map<Contender, Runs> runs = new LinkedHashMap<>();

    Standings(Collection<Runs> all) {
        all.forEach(each -> runs.put(each.contender(), each));
    }

    /** @throws IllegalArgumentException when it was not in the contest */
    public Runs of(Contender contender) {
        return Optional.ofNullable(runs.get(contender))
                .orElseThrow(() -> new IllegalArgumentException(contender.name() + " is not among " + runs.keySet()));
    }

    public Collection<Runs> all() {
        return Collections.unmodifiableCollection(runs.values());
    }
}
