package dev.steelyard.gateway.artifacts;

import dev.steelyard.artifacts.FileEntry;
import dev.steelyard.artifacts.Manifest;
import dev.steelyard.artifacts.store.TreeWriter;
import dev.steelyard.gateway.problems.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
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

    /** @param begunAt when it was begun */
    record Open(UUID id, Instant begunAt, int files, long size) {}

    private static final class Session {
        private final TreeWriter tree;
        private final String owner;
        private final Instant begunAt = Instant.now();
        private final AtomicBoolean committing = new AtomicBoolean();
        private volatile long touched = System.nanoTime();
        private volatile Optional<IntakeForm> converted = Optional.empty();
        private Optional<Manifest> stored = Optional.empty();

        Session(TreeWriter tree, String owner) {
            this.tree = tree;
            this.owner = owner;
        }

        /** Done steps are not repeated when a later one failed, since the files they began with are gone. */
        Manifest manifest(Intake intake, IntakeForm form) throws IOException {
            if (stored.isEmpty()) {
                if (!converted.equals(Optional.of(form))) {
                    intake.convert(tree, form);
                    converted = Optional.of(form);
                }
                stored = Optional.of(intake.store(tree, form));
            }
            Manifest manifest = stored.get();
            if (manifest.kind() != form.kind()) {
                throw ProblemException.field(
                        "/kind", "the files are stored as a " + manifest.kind().wire() + " already");
            }
            return manifest;
        }
    }

    UUID begin(String owner) throws IOException {
        if (sessions.size() >= settings.maxUploads()) {
            throw ProblemException.conflict(
                    "too-many-uploads",
                    settings.maxUploads() + " uploads are open; commit or remove one of those that"
                            + " GET /v1/artifacts/uploads lists");
        }
        UUID id = UUID.randomUUID();
        sessions.put(id, new Session(intake.open(), owner));
        return id;
    }

    /** The owner's, oldest first. */
    List<Open> open(String owner) {
        List<Open> open = new ArrayList<>();
        sessions.forEach((id, session) -> {
            if (session.owner.equals(owner)) {
                open.add(new Open(id, session.begunAt, session.tree.entries().size(), session.tree.size()));
            }
        });
        open.sort(Comparator.comparing(Open::begunAt));
        return open;
    }

    /** Writes one file of an upload; the same path again replaces it. */
    FileEntry write(UUID id, String owner, String path, InputStream content) throws IOException {
        Session session = requireQuiet(id, owner);
        FileEntry written = session.tree.add(path, content);
        session.converted = Optional.empty();
        return written;
    }

    List<FileEntry> files(UUID id, String owner) {
        return require(id, owner).tree.entries();
    }

    /** Makes the files an artifact. What fails can be tried again. */
    ArtifactView commit(UUID id, String owner, IntakeForm form) throws IOException {
        Session session = requireQuiet(id, owner);
        if (!session.committing.compareAndSet(false, true)) {
            throw committing(id);
        }
        try {
            ArtifactView artifact = intake.add(session.manifest(intake, form), "upload");
            sessions.remove(id);
            return artifact;
        } finally {
            session.committing.set(false);
        }
    }

    void remove(UUID id, String owner) throws IOException {
        requireQuiet(id, owner).tree.close();
        sessions.remove(id);
    }

    private Session requireQuiet(UUID id, String owner) {
        Session session = require(id, owner);
        if (session.committing.get()) {
            throw committing(id);
        }
        return session;
    }

    private static ProblemException committing(UUID id) {
        return ProblemException.conflict("conflict", "upload " + id + " is being committed");
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
            if (System.nanoTime() - session.touched > IDLE.toNanos() && !session.committing.get()) {
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
