package dev.steelyard.cli.client;

/** Something that happened to a job while it was followed. */
public sealed interface JobEvent {

    /** It came to another state. */
    record StateChanged(Job.State state) implements JobEvent {}

    /** @param fraction 0 to 1; below 0 when unknown */
    record Progressed(double fraction, String message) implements JobEvent {}

    /** A figure of the running job. */
    record Measured(String name, long step, double value) implements JobEvent {}

    /** @param level INFO, WARN or ERROR */
    record Logged(String level, String message) implements JobEvent {}
}
