package dev.steelyard.incremental.training;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Closes what it was given, the last first. What a constructor has made before it refuses the rest is closed by
 *
 * <pre>{@code
 * try (Closing unfinished = new Closing()) {
 *     optimizer = unfinished.with(create(store), Optimizer::close);
 *     requireFits(store);
 *     unfinished.keep();
 * }
 * }</pre>
 */
public final class Closing implements AutoCloseable {
    private final Deque<Runnable> open = new ArrayDeque<>();

    /** @return the same thing */
    public <T> T with(T thing, Consumer<? super T> close) {
        open.push(() -> close.accept(thing));
        return thing;
    }

    /** Leaves all that it was given so far to others to close. */
    public void keep() {
        open.clear();
    }

    @Override
    public void close() {
        open.forEach(Runnable::run);
    }
}
