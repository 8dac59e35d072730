package dev.steelyard.worker.attempt;

/** Where an attempt stands. */
public sealed interface AttemptState {

    /** The Started event is on its way; nothing runs yet. */
    record Opening() implements AttemptState {}

    /** The Started event is durable; the broker is asked whether the record is still this worker's. */
    record Claiming() implements AttemptState {}

    /** The method runs. */
    record Running() implements AttemptState {}

    /** The method was told to stop. {@code locked}: the record is still this worker's. */
    record Stopping(Stop stop, boolean locked) implements AttemptState {}

    /** The method is over; the last event is on its way. */
    record Reporting(Ending ending) implements AttemptState {}

    /** Nothing is left to do but to acknowledge the record. */
    record Ended(Ending ending) implements AttemptState {}
}
