package dev.steelyard.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** All that works in a service: starts with the application, gives jobs back before it goes down. */
final class Worker implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    private final Preparation preparation;
    private final ControlFeed control;
    private final List<Loop> slots = new ArrayList<>();
    private volatile boolean running;

    Worker(WorkerContext context, ControlFeed control) {
        this.preparation = context.preparation();
        this.control = control;
        if (context.catalog().hasLong()) {
            for (int i = 0; i < context.properties().slots(); i++) {
                slots.add(new LongSlot(i, context));
            }
        }
        if (context.catalog().hasShort()) {
            for (int i = 0; i < context.properties().shortSlots(); i++) {
                slots.add(new ShortSlot(i, context));
            }
        }
    }

    @Override
    public void start() {
        running = true;
        control.start();
        preparation.start();
        slots.forEach(Loop::start);
    }

    @Override
    public void stop() {
        slots.forEach(Loop::stop);
        preparation.stop();
        control.stop();
        try {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            for (Loop slot : slots) {
                if (!slot.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
                    log.warn("{} does not stop; its record comes free when the connection ends", slot.name());
                }
            }
            preparation.join(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        preparation.close();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Names of the parts that do not work yet, or no longer. */
    List<String> waitingFor() {
        List<String> missing = new ArrayList<>();
        if (!preparation.isReady()) {
            missing.add(preparation.name());
        }
        if (!control.isWorking()) {
            missing.add(control.name());
        }
        slots.stream().filter(slot -> !slot.isWorking()).map(Loop::name).forEach(missing::add);
        return missing;
    }
}
