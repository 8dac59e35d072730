package dev.steelyard.gateway.artifacts;

import dev.steelyard.artifacts.FileEntry;
import dev.steelyard.artifacts.store.TreeWriter;
import dev.steelyard.gateway.problems.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;

/** Trees that callers fill file by file. A session lives in this process and a day at most. */
@Service
class Uploads {
    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);
    private static final Duration IDLE = Duration.ofDays(1);

    private final Map<UUID, Session> sessions = new ConcurrentHashMap<>();
    private final Intake intake;
    private final ImportSettings settings;

    Uploads(Intake intake, ImportSettings settings) {
        this.intake = intake;
        this.settings = settings;
    }

    private static final class Session {
        private final TreeWriter tree;
        private final String owner;
        private volatile long touched = System.nanoTime();

        Session(TreeWriter tree, String owner) {
            this.tree = tree;
            this.owner = owner;
        }
    }

    UUID begin(String owner) throws IOException {
        if (sessions.size() >= settings.maxUploads()) {
            throw ProblemException.conflict(
                    "too-many-uploads", settings.maxUploads() + " uploads are open; commit or remove one");
        }
        UUID id = UUID.randomUUID();
        sessions.put(id, new Session(intake.open(), owner));
        return id;
    }

    /** Writes one file of an upload; the same path again replaces it. */
    FileEntry write(UUID id, String owner, String path, InputStream content) throws IOException {
        return require(id, owner).tree.add(path, content);
    }

    List<FileEntry> files(UUID id, String owner) {
        return require(id, owner).tree.entries();
    }

    ArtifactView commit(UUID id, String owner, IntakeForm form) throws IOException {
        try (TreeWriter tree = require(id, owner).tree) {
            sessions.remove(id);
            return intake.put(tree, form, "upload");
        }
    }

    void remove(UUID id, String owner) throws IOException {
        require(id, owner).tree.close();
        sessions.remove(id);
    }

    private Session require(UUID id, String owner) {
        Session session = sessions.get(id);
        if (session == null || !session.owner.equals(owner)) {
            throw ProblemException.notFound("no upload " + id);
        }
        session.touched = System.nanoTime();
        return session;
    }

    @Scheduled(fixedDelayString = "PT10M")
    void removeForgotten() {
        sessions.forEach((id, session) -> {
            if (System.nanoTime() - session.touched > IDLE.toNanos()) {
                sessions.remove(id);
                try {
                    session.tree.close();
                } catch (IOException e) {
                    LOG.warn("could not remove the forgotten upload {}: {}", id, e.toString());
                }
            }
        });
    }
}
