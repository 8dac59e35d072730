package dev.steelyard.cli;

import dev.steelyard.cli.client.Artifact;
import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.client.Jobs.Filter;
import dev.steelyard.cli.client.Page;
import dev.steelyard.cli.client.SteelyardClient;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Ids may be cut short as long as they name one thing among the newest. */
final class References {
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern ARTIFACT = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final Pattern ARTIFACT_START = Pattern.compile("(sha256:)?[0-9a-f]{6,63}");
    private static final Pattern JOB_START = Pattern.compile("[0-9a-f][0-9a-f-]{3,35}");
    private static final int PAGES = 20;
    private static final int PAGE = 100;

    private final SteelyardClient client;

    References(SteelyardClient client) {
        this.client = client;
    }

    /** The whole id of a job. */
    String job(String reference) {
        if (UUID.matcher(reference).matches()) {
            return reference;
        }
        if (!JOB_START.matcher(reference).matches()) {
            throw new UsageException("'" + reference + "' is no job id");
        }
        return only(
                "job",
                reference,
                find(reference, Job::id, cursor -> client.jobs().list(new Filter("", "", "", PAGE), cursor)));
    }

    /** Whether it can only mean an artifact. */
    static boolean isArtifact(String reference) {
        return reference.startsWith("sha256:");
    }

    /** Whether it stands for an artifact's id, whole or cut short, and is no model's name. */
    static boolean isStart(String reference, String id) {
        boolean mayBe = ARTIFACT.matcher(reference).matches()
                || ARTIFACT_START.matcher(reference).matches();
        return mayBe && id.startsWith(reference.startsWith("sha256:") ? reference : "sha256:" + reference);
    }

    /** The whole id of an artifact: of an id, its start, or a model's name with or without version and alias. */
    String artifact(String reference) {
        if (ARTIFACT.matcher(reference).matches()) {
            return reference;
        }
        if (ARTIFACT_START.matcher(reference).matches()) {
            String start = reference.startsWith("sha256:") ? reference : "sha256:" + reference;
            List<String> found =
                    find(start, Artifact::id, cursor -> client.artifacts().list("", PAGE, cursor));
            if (!found.isEmpty() || reference.startsWith("sha256:")) {
                return only("artifact", reference, found);
            }
        }
        return ModelReference.parse(reference).artifact(client.models());
    }

    private static <T> List<String> find(String start, Function<T, String> id, Function<String, Page<T>> pages) {
        List<String> found = new ArrayList<>();
        String cursor = "";
        for (int i = 0; i < PAGES; i++) {
            Page<T> page = pages.apply(cursor);
            page.items().stream().map(id).filter(one -> one.startsWith(start)).forEach(found::add);
            cursor = page.next();
            if (cursor.isEmpty()) {
                break;
            }
        }
        return found;
    }

    private static String only(String what, String reference, List<String> found) {
        if (found.isEmpty()) {
            throw new CommandException("no " + what + " begins with '" + reference + "'");
        }
        if (found.size() > 1) {
            throw new UsageException(found.size() + " " + what + "s begin with '" + reference + "': write more of it");
        }
        return found.getFirst();
    }
}
