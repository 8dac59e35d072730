package dev.steelyard.gateway.artifacts;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * From where the gateway itself may fetch files.
 *
 * @param importRoots folders below which file:// sources may lie; none: file:// is refused
 * @param importHttps whether https:// sources are allowed
 * @param importTimeout how long a remote side may take to begin its answer
 * @param maxUploads upload sessions open at a time
 */
@ConfigurationProperties("steelyard.gateway")
record ImportSettings(
        @DefaultValue List<Path> importRoots,
        @DefaultValue("true") boolean importHttps,
        @DefaultValue("PT30S") Duration importTimeout,
        @DefaultValue("64") int maxUploads) {}
