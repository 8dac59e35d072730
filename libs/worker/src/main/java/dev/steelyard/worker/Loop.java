package dev.steelyard.worker;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work on a thread of its own that goes on until it is told to stop; when it fails it is begun anew after a pause. */
abstract class Loop {
    private static final Logger log = LoggerFactory.getLogger(Loop.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Thread thread;
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile boolean working;

    Loop(String name) {
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    final void start() {
        thread.start();
    }

    /** Asks it to stop; returns at once. */
    void stop() {
        stop.countDown();
    }

    /** Waits until it has stopped, for so long at most. */
    final boolean join(Duration patience) throws InterruptedException {
        return thread.join(patience);
    }

    final boolean stopping() {
        return stop.getCount() == 0;
    }

    /** Whether it does its work now. */
    final boolean isWorking() {
        return working && thread.isAlive();
    }

    final String name() {
        return thread.getName();
    }

    /** To be called from {@link #work} when all that it needs is there. */
    final void working() {
        working = true;
    }

    /** Waits, but not longer than until it is told to stop. */
    final void pause(Duration time) {
        try {
            stop.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            stop.countDown();
        }
    }

    /** Returns when {@link #stopping}; throws when it cannot go on. */
    abstract void work() throws Exception;

    private void run() {
        while (!stopping()) {
            try {
                work();
            } catch (Throwable e) {
                if (!stopping()) {
                    log.warn("{} begins anew in {} s: {}", name(), PAUSE.toSeconds(), e.toString());
                    log.debug("cause", e);
                }
            }
            working = false;
            pause(PAUSE);
        }
    }
}
