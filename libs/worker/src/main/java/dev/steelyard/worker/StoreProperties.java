package dev.steelyard.worker;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where artifacts are.
 *
 * @param path folder of the store, shared with the gateway and all workers
 */
@ConfigurationProperties("steelyard.store")
record StoreProperties(@DefaultValue("store") Path path) {}
