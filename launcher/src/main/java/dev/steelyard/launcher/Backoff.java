package dev.steelyard.launcher;

import java.time.Duration;

/** Waits before a thing is started again: each twice the one before, anew once it has lived for a while. */
final class Backoff {
    private final Duration first;
    private final Duration longest;
    private final Duration stable;
    private Duration next;

    Backoff(Duration first, Duration longest, Duration stable) {
        this.first = first;
        this.longest = longest;
        this.stable = stable;
        this.next = first;
    }

    /** One second to thirty, anew after a minute of life. */
    static Backoff usual() {
        return new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofMinutes(1));
    }

    /** @param lived how long the thing ran that has just ended */
    Duration after(Duration lived) {
        Duration wait = lived.compareTo(stable) > 0 ? first : next;
        Duration twice = wait.multipliedBy(2);
        next = twice.compareTo(longest) > 0 ? longest : twice;
        return wait;
    }
}
