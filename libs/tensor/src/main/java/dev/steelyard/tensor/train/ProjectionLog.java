package dev.steelyard.tensor.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers where the last step projected. */
final class ProjectionLog {
    private final Map<String, ProjectionView> last = new LinkedHashMap<>();

    void record(Parameter parameter, ProjectionView view) {
        if (parameter.value().dim() > 1) {
            last.put(parameter.name(), view);
        }
    }

    Map<String, ProjectionView> last() {
        return Collections.unmodifiableMap(last);
    }
}
