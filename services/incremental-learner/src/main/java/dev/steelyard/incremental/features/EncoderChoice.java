package dev.steelyard.incremental.features;

/**
 * How the encoder of a job is used.
 *
 * @param pool of a sentence encoder: auto (as the model asks), cls, mean or last
 * @param layer of an image encoder: penultimate or logits
 */
public record EncoderChoice(String pool, String layer) {
    static final String AUTO = "auto";
    static final String LOGITS = "logits";
}
