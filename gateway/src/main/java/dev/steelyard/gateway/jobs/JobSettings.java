package dev.steelyard.gateway.jobs;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the gateway cares for jobs.
 *
 * @param silence a running job of which nothing was heard for so long counts as lost; workers speak every 5 s
 * @param check how often lost jobs are looked for
 * @param maxDispatches how often one job is sent out at most
 * @param maxTransientFailures how often an attempt may fail for causes that may pass
 * @param firstBackoff pause before the first retry of such a failure; doubles each time
 */
@ConfigurationProperties("steelyard.gateway.jobs")
record JobSettings(
        @DefaultValue("PT60S") Duration silence,
        @DefaultValue("PT5S") Duration check,
        @DefaultValue("5") int maxDispatches,
        @DefaultValue("3") int maxTransientFailures,
        @DefaultValue("PT2S") Duration firstBackoff) {

    Transitions transitions() {
        return new Transitions(maxDispatches, maxTransientFailures, firstBackoff);
    }
}
