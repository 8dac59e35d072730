package dev.steelyard.artifacts.store;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.TreePath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Refuses files that run code when Python loads them. */
final class PickleGuard {
    private static final Set<String> ALWAYS = Set.of("pkl", "pickle", "joblib", "dill");
    private static final Set<String> TORCH = Set.of("bin", "pt", "pth", "ckpt", "model", "mar");
    /** What may follow the two bytes that name the protocol: one opcode that pushes something, or a frame. */
    private static final String FIRST_OPCODES =
            "\u0095\u008a\u0088\u0089\u008c\u008d\u008e()]}KMJGNXBCUTcIVFSP\u0096\u008f";
    /** Protocols 0 and 1 have no signature; these are how a class, a dict, a list or a tuple begins. */
    private static final Pattern TEXT_PICKLE =
            Pattern.compile("(?s)(?:\\([dl]p?\\d+\\n|\\(?[ci][A-Za-z_][\\w.]*\\n[A-Za-z_][\\w.]*\\n|[\\]})]q\\x00).*");

    private static final int HEAD = 512;
    private static final int TAR_MAGIC_AT = 257;

    private PickleGuard() {}

    /** Refuses what is a pickle by name, before a byte is read. */
    static void refuseByName(TreePath path) throws ArtifactException {
        if (ALWAYS.contains(extension(path))) {
            throw refusal(path);
        }
    }

    /** Refuses a pickle under any name, and a PyTorch archive that carries one. */
    static void refuseByContent(TreePath path, Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate(HEAD);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // the first block, or all of a shorter file
            }
            String head = new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
            boolean suspicious = TORCH.contains(extension(path));
            if (isBinaryPickle(head)
                    || (suspicious && (TEXT_PICKLE.matcher(head).matches() || isTar(head)))
                    || ((suspicious || head.startsWith("PK"))
                            && ZipNames.anyMatch(channel, PickleGuard::isPickleName))) {
                throw refusal(path);
            }
        }
    }

    private static boolean isBinaryPickle(String head) {
        return head.length() > 2
                && head.charAt(0) == 0x80
                && head.charAt(1) >= 2
                && head.charAt(1) <= 5
                && FIRST_OPCODES.indexOf(head.charAt(2)) >= 0;
    }

    /** PyTorch before 0.1.10 wrote tar files. */
    private static boolean isTar(String head) {
        return head.startsWith("ustar", TAR_MAGIC_AT);
    }

    private static boolean isPickleName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return ALWAYS.stream().anyMatch(extension -> lower.endsWith("." + extension));
    }

    private static String extension(TreePath path) {
        String lower = path.value().toLowerCase(Locale.ROOT);
        return lower.substring(lower.lastIndexOf('.') + 1);
    }

    private static ArtifactException refusal(TreePath path) {
        return new ArtifactException(
                path.value(), null, "is a Python pickle, which can run code when loaded; convert it to safetensors");
    }
}
