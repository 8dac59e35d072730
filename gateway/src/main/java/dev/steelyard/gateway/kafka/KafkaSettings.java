package dev.steelyard.gateway.kafka;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How to reach Kafka.
 *
 * @param bootstrapServers "host:port", several separated by commas
 * @param properties further settings of all Kafka clients, such as those of TLS and SASL
 */
@ConfigurationProperties("steelyard.kafka")
public record KafkaSettings(
        @DefaultValue("127.0.0.1:9092") String bootstrapServers,
        @DefaultValue Map<String, String> properties) {}
