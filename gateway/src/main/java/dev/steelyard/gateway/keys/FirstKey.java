package dev.steelyard.gateway.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/** Makes the first admin key when there is none, and shows it once. */
@Component
class FirstKey implements ApplicationRunner {
    private final ApiKeys keys;
    private final KeySettings settings;

    FirstKey(ApiKeys keys, KeySettings settings) {
        this.keys = keys;
        this.settings = settings;
    }

    @Override
    public void run(ApplicationArguments arguments) throws IOException {
        if (!keys.isEmpty()) {
            return;
        }
        String key = keys.make("first admin", Role.ADMIN).key();
        Path file = settings.adminKeyFile();
        if (file == null) {
            // To standard output, not to the log: this is the one time it is shown.
            System.out.println("First admin key, shown once: " + key);
            return;
        }
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, (key + "\n").getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
        System.out.println("First admin key written to " + file);
    }
}
