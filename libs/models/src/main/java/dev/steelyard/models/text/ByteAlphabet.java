package dev.steelyard.models.text;

import java.nio.charset.StandardCharsets;

/**
 * A visible character for each byte, as GPT-2 has them: printable ASCII and Latin-1 stand for themselves, the other bytes
 * for the characters from U+0100 on.
 */
final class ByteAlphabet {
    private static final char[] CHARACTERS = characters();

    private ByteAlphabet() {}

    private static char[] characters() {
        char[] characters = new char[256];
        char next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean visible = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || (b >= 0xAE && b <= 0xFF);
            characters[b] = visible ? (char) b : next++;
        }
        return characters;
    }

    static char of(int b) {
        return CHARACTERS[b & 0xFF];
    }

    /** The text's UTF-8 bytes as characters. */
    static String write(String text) {
        StringBuilder written = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            written.append(of(b));
        }
        return written.toString();
    }
}
