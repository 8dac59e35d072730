package dev.steelyard.worker;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the broker is.
 *
 * @param bootstrapServers "host:port", several separated by commas
 * @param properties further settings for all Kafka clients, such as those of TLS and SASL
 */
@ConfigurationProperties("steelyard.kafka")
record KafkaProperties(
        @DefaultValue("127.0.0.1:9092") String bootstrapServers,
        @DefaultValue Map<String, String> properties) {}
