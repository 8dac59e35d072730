package dev.steelyard.gateway.jobs;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How often the gateway tries a job, and how long it keeps what the job said.
 *
 * @param maxDispatches how often one job is sent out at most, retries by people not counted
 * @param maxTransientFailures how often an attempt may fail for causes that may pass
 * @param firstBackoff pause before the first retry of such a failure; doubles each time
 * @param keepLines how long log lines and metric points are kept after the job has ended
 */
@ConfigurationProperties("steelyard.gateway.jobs")
record JobSettings(
        @DefaultValue("5") int maxDispatches,
        @DefaultValue("3") int maxTransientFailures,
        @DefaultValue("PT2S") Duration firstBackoff,
        @DefaultValue("P90D") Duration keepLines) {

    Transitions transitions() {
        return new Transitions(maxDispatches, maxTransientFailures, firstBackoff);
    }
}
