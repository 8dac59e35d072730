package dev.steelyard.cli;

import dev.steelyard.cli.client.Job;

/** Shows what a followed job does. */
interface ProgressView {
    void state(Job.State state);

    /** @param fraction 0 to 1; below 0 when unknown */
    void progress(double fraction, String message);

    void log(String level, String message);

    /** Takes away what is not meant to stay on the screen. */
    void clear();
}
