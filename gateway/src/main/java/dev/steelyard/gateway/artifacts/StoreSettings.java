package dev.steelyard.gateway.artifacts;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where artifacts are kept.
 *
 * @param path the store's folder, shared with the workers
 */
@ConfigurationProperties("steelyard.store")
record StoreSettings(@DefaultValue("store") Path path) {}
