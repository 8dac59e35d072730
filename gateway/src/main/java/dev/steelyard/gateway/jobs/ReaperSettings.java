package dev.steelyard.gateway.jobs;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When a job counts as lost.
 *
 * @param silence a running job of which nothing was heard for so long is sent out again; workers speak every 5 s
 * @param forgotten a job that a worker gave back and no other has taken for so long is sent out again
 * @param check how often lost jobs are looked for
 */
@ConfigurationProperties("steelyard.gateway.reaper")
record ReaperSettings(
        @DefaultValue("PT60S") Duration silence,
        @DefaultValue("PT15M") Duration forgotten,
        @DefaultValue("PT5S") Duration check) {

    /** Between two checks; after a longer one the gateway may have missed what workers said meanwhile. */
    Duration longestGap() {
        return silence.dividedBy(2).plus(check);
    }
}
