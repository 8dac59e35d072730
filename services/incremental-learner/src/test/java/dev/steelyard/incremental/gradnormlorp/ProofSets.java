package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.incremental.ProofData;
import dev.steelyard.incremental.WordNet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** The proof's data sets, each with a training, a validation and a test part. */
public final class ProofSets {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int HEAD = 6_000;
    private static final Pattern SUBJECT =
            Pattern.compile("^Subject:[ \t]*(.*)$", Pattern.MULTILINE | Pattern.CASE_INSENSITIVE);

    /** What mail programs and mailing lists put in front. */
    private static final Pattern PREFIX =
            Pattern.compile("^((re|fwd?|aw)\\s*(\\[\\d+])?:|\\[[^]]*]|\\s)+", Pattern.CASE_INSENSITIVE);

    private ProofSets() {}

    /**
     * English prose: a quarter of the presidents' addresses for training, the heads of others, 70,000 characters each,
     * for validation and test.
     */
    static Path prose(Path folder) throws IOException, InterruptedException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(ProofData.prose())) {
            files = listed.sorted().toList();
        }
        Path train = Files.createDirectories(folder.resolve("train"));
        StringBuilder validation = new StringBuilder();
        StringBuilder test = new StringBuilder();
        for (int i = 0; i < files.size(); i++) {
            String text = Files.readString(files.get(i));
            if (i % 20 == 5) {
                validation.append(text, 0, Math.min(HEAD, text.length()));
            } else if (i % 20 == 15) {
                test.append(text, 0, Math.min(HEAD, text.length()));
            } else if (i % 4 == 0) {
                Files.writeString(train.resolve(files.get(i).getFileName()), text);
            }
        }
        Files.writeString(Files.createDirectories(folder.resolve("validation")).resolve("held.txt"), validation);
        Files.writeString(Files.createDirectories(folder.resolve("test")).resolve("held.txt"), test);
        return folder;
    }

    /**
     * Subjects of mails, spam or not, none twice, without what mail programs and mailing lists put in front: half for
     * training, a fifth for validation, since they are few, three tenths for the test.
     */
    public static Path subjects(Path folder) throws IOException, InterruptedException {
        return write(folder, rows(ProofData.mails()), Set.of(1, 7), Set.of(2, 4, 9));
    }

    /**
     * What WordNet says of nouns that are acts and of those that are communication, none twice: half for training, a
     * tenth for validation, two fifths for the test.
     */
    public static Path glosses(Path folder) throws IOException, InterruptedException {
        Map<String, List<String>> nouns = WordNet.nouns();
        List<Map<String, String>> rows = new ArrayList<>();
        for (String topic : List.of("act", "communication")) {
            for (String gloss : new LinkedHashSet<>(nouns.getOrDefault(topic, List.of()))) {
                rows.add(Map.of("text", gloss, "label", topic));
            }
        }
        return write(folder, rows, Set.of(1), Set.of(2, 4, 7, 9));
    }

    /** Of each ten rows those whose places are given are for validation and test. */
    private static Path write(Path folder, List<Map<String, String>> rows, Set<Integer> validation, Set<Integer> test)
            throws IOException {
        for (String part : List.of("train", "validation", "test")) {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < rows.size(); i++) {
                String home = test.contains(i % 10) ? "test" : validation.contains(i % 10) ? "validation" : "train";
                if (home.equals(part)) {
                    lines.append(JSON.writeValueAsString(rows.get(i))).append('\n');
                }
            }
            Files.writeString(Files.createDirectories(folder.resolve(part)).resolve("rows.jsonl"), lines);
        }
        return folder;
    }

    private static List<Map<String, String>> rows(Path mails) throws IOException {
        List<Map<String, String>> rows = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String group : List.of("easy-ham-1", "easy-ham-2", "hard-ham-1", "spam-1", "spam-2")) {
            List<Path> files;
            try (Stream<Path> listed = Files.list(mails.resolve(group))) {
                files = listed.filter(file -> file.toString().endsWith(".txt"))
                        .sorted()
                        .toList();
            }
            for (Path file : files) {
                String subject = subject(Files.readString(file, StandardCharsets.ISO_8859_1));
                String letters = subject.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
                if (letters.length() >= 3 && seen.add(letters)) {
                    rows.add(Map.of("text", subject, "label", group.contains("ham") ? "ham" : "spam"));
                }
            }
        }
        return rows;
    }

    /** Empty where there is none. */
    private static String subject(String mail) {
        int end = mail.indexOf("\n\n");
        Matcher found = SUBJECT.matcher(end < 0 ? mail : mail.substring(0, end));
        return found.find()
                ? PREFIX.matcher(found.group(1).strip()).replaceFirst("").strip()
                : "";
    }
}
