package dev.steelyard.gateway.jobs;

import com.google.protobuf.Timestamp;
import dev.steelyard.gateway.jobs.Transitions.Transition;
import dev.steelyard.proto.v1.JobEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What one batch of events changes about one job. */
final class JobChange {
    private final UUID id;
    private final List<Effect> effects = new ArrayList<>();
    private @Nullable JobProgress job;
    private @Nullable Instant firstEvent;

    JobChange(UUID id) {
        this.id = id;
    }

    /** Adds what one event did. */
    void add(Transition transition, JobEvent event) {
        add(transition);
        Timestamp at = event.getOccurredAt();
        if (firstEvent == null) {
            firstEvent = Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
        }
    }

    /** Adds what happened without an event. */
    void add(Transition transition) {
        job = transition.job();
        effects.addAll(transition.effects());
    }

    UUID id() {
        return id;
    }

    JobProgress job() {
        if (job == null) {
            throw new IllegalStateException("nothing was added");
        }
        return job;
    }

    List<Effect> effects() {
        return effects;
    }

    /** When the worker sent the first of the events. */
    Optional<Instant> firstEvent() {
        return Optional.ofNullable(firstEvent);
    }

    /** The newest effect of a kind. */
    <E extends Effect> Optional<E> last(Class<E> kind) {
        return effects.reversed().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .findFirst();
    }

    <E extends Effect> List<E> all(Class<E> kind) {
        return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
