package dev.steelyard.gateway.artifacts;

import dev.steelyard.artifacts.store.DirectoryArtifactStore;
import java.io.IOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class StoreConfiguration {
    @Bean
    DirectoryArtifactStore artifactStore(StoreSettings settings) throws IOException {
        return new DirectoryArtifactStore(settings.path());
    }
}
