package dev.steelyard.gateway.keys;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where the first key goes.
 *
 * @param adminKeyFile the first admin key is also written there, readable by its owner alone
 */
@ConfigurationProperties("steelyard.gateway")
record KeySettings(@Nullable Path adminKeyFile) {}
