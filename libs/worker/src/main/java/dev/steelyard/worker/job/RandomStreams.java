package dev.steelyard.worker.job;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Named streams of random numbers from one seed: the generator L64X128MixRandom (Steele and Vigna, "LXM: better
 * splittable pseudorandom number generators", 2021), whose state is the sha256 of the seed, 8 bytes big endian, and the
 * stream's name in UTF-8.
 */
final class RandomStreams {
    private static final String ALGORITHM = "L64X128MixRandom";

    private RandomStreams() {}

    /** A new generator at the start of its stream. */
    static RandomGenerator stream(long seed, String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        byte[] material = ByteBuffer.allocate(Long.BYTES + text.length)
                .putLong(seed)
                .put(text)
                .array();
        return RandomGeneratorFactory.of(ALGORITHM).create(sha256(material));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
