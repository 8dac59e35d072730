package dev.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class DatabaseKeeperTest {
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final AtomicReference<CompletableFuture<Integer>> crash = new AtomicReference<>(new CompletableFuture<>());
    private final AtomicReference<Runnable> onceSaid = new AtomicReference<>(() -> {});
    private final AtomicInteger starts = new AtomicInteger();
    private final AtomicInteger failing = new AtomicInteger();

    @Test
    void a_database_that_does_not_come_up_again_is_tried_until_it_does() {
        DatabaseKeeper keeper = keeper(Duration.ofMillis(1));
        keeper.keep();
        failing.set(3);

        crash.get().complete(137);

        Awaitility.await().until(() -> starts.get() == 4);
        assertThat(said).hasSize(4);
        assertThat(said.getFirst()).startsWith("PostgreSQL ended with exit code 137; starting it again");
        assertThat(said.get(1)).startsWith("PostgreSQL could not be started again: no disk; starting it again");

        CompletableFuture<Integer> running = crash.get();
        Awaitility.await().until(() -> running.getNumberOfDependents() > 0);
        running.complete(1);

        Awaitility.await().until(() -> starts.get() == 5);
        keeper.stop();
    }

    @Test
    void one_that_is_stopped_is_not_started_again() {
        DatabaseKeeper keeper = keeper(Duration.ofMillis(50));
        onceSaid.set(keeper::stop);
        keeper.keep();

        crash.get().complete(137);

        Awaitility.await().until(() -> said.size() == 1);
        Awaitility.await().during(Duration.ofMillis(200)).until(() -> starts.get() == 0);
    }

    private DatabaseKeeper keeper(Duration wait) {
        return new DatabaseKeeper(crash::get, this::start, new Backoff(wait, wait, Duration.ofMinutes(1)), line -> {
            said.add(line);
            onceSaid.get().run();
        });
    }

    private void start() {
        starts.incrementAndGet();
        if (failing.getAndDecrement() > 0) {
            throw new IllegalStateException("no disk");
        }
        crash.set(new CompletableFuture<>());
    }
}
