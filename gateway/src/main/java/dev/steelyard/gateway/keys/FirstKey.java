package dev.steelyard.gateway.keys;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Makes the first admin key when there is none, and shows it once. One that cannot be written down is not made. */
@Component
class FirstKey implements ApplicationRunner {
    private final ApiKeys keys;
    private final KeySettings settings;
    private final TransactionTemplate transaction;

    FirstKey(ApiKeys keys, KeySettings settings, TransactionTemplate transaction) {
        this.keys = keys;
        this.settings = settings;
        this.transaction = transaction;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        if (keys.isEmpty()) {
            // To standard output, not to the log: this is the one time it is shown.
            String shown = transaction.execute(status -> made());
            System.out.println(shown);
        }
    }

    private String made() {
        String key = keys.make("first admin", Role.ADMIN).key();
        Path file = settings.adminKeyFile();
        if (file == null) {
            return "First admin key, shown once: " + key;
        }
        try {
            write(file.toAbsolutePath(), key);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the first admin key to " + file, e);
        }
        return "First admin key written to " + file;
    }

    private static void write(Path file, String key) throws IOException {
        Path written = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(written);
        Files.createFile(written, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(
                written,
                (key + "\n").getBytes(StandardCharsets.US_ASCII),
                StandardOpenOption.WRITE,
                StandardOpenOption.SYNC);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
