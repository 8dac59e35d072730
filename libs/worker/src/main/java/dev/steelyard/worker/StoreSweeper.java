package dev.steelyard.worker;

import dev.steelyard.artifacts.store.ArtifactStore;
import dev.steelyard.artifacts.store.DirectoryArtifactStore;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes from the store what workers that were killed had half written, and states that no job came back for. */
final class StoreSweeper extends Loop {
    private static final Logger log = LoggerFactory.getLogger(StoreSweeper.class);
    private static final Duration EVERY = Duration.ofMinutes(10);
    private static final Duration OLD = Duration.ofHours(1);

    private final ArtifactStore store;
    private final Duration stateRetention;

    /** @param stateRetention how long a saved state is kept that nobody comes back for */
    StoreSweeper(ArtifactStore store, Duration stateRetention) {
        super("store-sweeper");
        this.store = store;
        this.stateRetention = stateRetention;
    }

    @Override
    void work() throws IOException {
        while (!stopping() && store instanceof DirectoryArtifactStore folder) {
            int swept = folder.sweep(OLD);
            if (swept > 0) {
                log.info("removed what {} dead processes had half written", swept);
            }
            int states = folder.sweepCheckpoints(stateRetention);
            if (states > 0) {
                log.info("removed {} saved states that nobody came back for within {}", states, stateRetention);
            }
            pause(EVERY);
        }
        pause(EVERY);
    }
}
