package dev.steelyard.gateway.submissions;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Jobs asked for over Kafka.
 *
 * @param enabled whether the topic is read at all
 * @param trustedOwner when set, records without an API key are taken in this name: whoever may write the topic may
 *     submit
 */
@ConfigurationProperties("steelyard.gateway.submissions")
record SubmissionSettings(
        @DefaultValue("true") boolean enabled, @Nullable String trustedOwner) {}
