package dev.steelyard.worker;

import dev.steelyard.proto.v1.JobEvent;
import java.util.function.Consumer;

/** Where events go. */
interface EventSink {
    /**
     * Sends an event after those sent before it.
     *
     * @param durable told once whether the broker has it for good; from any thread
     */
    void send(JobEvent event, Trace trace, Consumer<Boolean> durable);
}
