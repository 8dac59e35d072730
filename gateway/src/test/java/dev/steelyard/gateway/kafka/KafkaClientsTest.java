package dev.steelyard.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class KafkaClientsTest {
    @Test
    void further_settings_reach_every_client() {
        KafkaClients clients =
                new KafkaClients(settings(Map.of("steelyard.kafka.properties.security.protocol", "none")));

        for (ThrowingCallable client :
                new ThrowingCallable[] {clients::producer, clients::admin, () -> clients.consumer("group", 1)}) {
            assertThatThrownBy(client).isInstanceOf(KafkaException.class).hasStackTraceContaining("security.protocol");
        }
    }

    @Test
    void an_environment_can_say_them() {
        String variables = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        variables,
                        new SystemEnvironmentPropertySource(
                                variables,
                                Map.of("STEELYARD_KAFKA_PROPERTIES_SASL_JAAS_CONFIG", "a module required;")));
        assertThat(Binder.get(environment)
                        .bindOrCreate("steelyard.kafka", KafkaSettings.class)
                        .properties())
                .isEqualTo(Map.of("sasl.jaas.config", "a module required;"));
    }

    @Test
    void there_are_none_unless_said() {
        assertThat(settings(Map.of("steelyard.kafka.bootstrap-servers", "broker:9093")))
                .isEqualTo(new KafkaSettings("broker:9093", Map.of()));
    }

    private static KafkaSettings settings(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("steelyard.kafka", KafkaSettings.class);
    }
}
