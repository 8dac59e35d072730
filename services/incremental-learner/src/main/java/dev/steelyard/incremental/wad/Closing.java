package dev.steelyard.incremental.wad;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** Closes what it was given, the last first. */
final class Closing implements AutoCloseable {
    private final Deque<Runnable> open = new ArrayDeque<>();

    /** @return the same thing */
    <T> T with(T thing, Consumer<? super T> close) {
        open.push(() -> close.accept(thing));
        return thing;
    }

    @Override
    public void close() {
        open.forEach(Runnable::run);
    }
}
