package dev.steelyard.proof;

import java.util.HashMap;
import java.util.Map;

/**
 * The workers of a proof's platform. 0 leaves a figure to the platform.
 *
 * @param processes how many
 * @param slots jobs at once in each
 * @param threads a job may compute on
 * @param heapMegabytes largest Java heap of each; without it a quarter of the machine's memory, 4 GB at most
 */
public record Workers(int processes, int slots, int threads, int heapMegabytes) {

    /** One process, one job at a time on all cores. */
    public static Workers standard() {
        return new Workers(1, 1, 0, 0);
    }

    /** The same with other threads. */
    public Workers threads(int count) {
        return new Workers(processes, slots, count, heapMegabytes);
    }

    /** The same with other slots. */
    public Workers slots(int count) {
        return new Workers(processes, count, threads, heapMegabytes);
    }

    /** The same with other processes. */
    public Workers processes(int count) {
        return new Workers(count, slots, threads, heapMegabytes);
    }

    /** The same with another heap. */
    public Workers heapMegabytes(int megabytes) {
        return new Workers(processes, slots, threads, megabytes);
    }

    Map<String, String> environment() {
        Map<String, String> variables = new HashMap<>();
        variables.put("STEELYARD_WORKER_SLOTS", String.valueOf(slots));
        variables.put("STEELYARD_WORKER_THREADS", String.valueOf(threads));
        if (heapMegabytes > 0) {
            variables.put("_JAVA_OPTIONS", "-Xmx" + heapMegabytes + "m"); // wins over the launcher's own
        }
        return variables;
    }

    @Override
    public String toString() {
        return processes
                + (processes == 1 ? " process, " : " processes, ")
                + (threads == 0 ? "all cores" : threads + (threads == 1 ? " thread" : " threads"));
    }
}
