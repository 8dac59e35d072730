package dev.steelyard.worker.attempt;

import java.util.Optional;

/** Where an attempt stands. */
public sealed interface AttemptState {

    /** The Started event is on its way, or waits to be sent again; nothing runs yet. */
    record Opening() implements AttemptState {}

    /** The Started event is durable; the broker is asked whether the record is still this worker's. */
    record Claiming() implements AttemptState {}

    /** The method runs. */
    record Running() implements AttemptState {}

    /** The method was told to stop. {@code locked}: the record is still this worker's. */
    record Stopping(Stop stop, boolean locked) implements AttemptState {}

    /**
     * The method is over; the last event is on its way.
     *
     * @param givenUpFor the weightiest stop for which it is not sent again should the broker not take it
     */
    record Reporting(Ending ending, Optional<Stop> givenUpFor) implements AttemptState {}

    /** The broker did not take the last event; it is sent again after a pause. */
    record Unreported(Ending ending) implements AttemptState {}

    /** Nothing is left to do but to acknowledge the record. */
    record Ended(Ending ending) implements AttemptState {}
}
