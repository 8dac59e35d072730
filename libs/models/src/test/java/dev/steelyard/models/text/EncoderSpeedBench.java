package dev.steelyard.models.text;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.models.CheckpointWeights;
import dev.steelyard.tensor.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sentences per second against ONNX Runtime on the same sentences, batches and threads, alternating in one process. A
 * measurement, not a test; run it with {@code ./mvnw -pl libs/models -am test -Dtest=EncoderSpeedBench
 * -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class EncoderSpeedBench {
    private static final int THREADS = 2;
    private static final int BATCH = 32;
    private static final int ROUNDS = 10;

    @Test
    void sentences_per_second(@TempDir Path scratch) throws Exception {
        Torch.start(THREADS);
        AllMiniLm model = AllMiniLm.unpack(scratch);
        List<String> sentences = AllMiniLm.sentences();
        long ours = Long.MAX_VALUE;
        long theirs = Long.MAX_VALUE;
        try (var checkpoint = Checkpoint.open(model.folder());
                var encoder = SentenceEncoder.open(model.folder(), new CheckpointWeights(checkpoint));
                var tokenizer = TextTokenizer.open(model.folder(), 256);
                var reference = new OnnxEncoder(model.onnx(), THREADS)) {
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                encoder.encode(sentences);
                long middle = System.nanoTime();
                encode(reference, tokenizer, sentences);
                long end = System.nanoTime();
                ours = Math.min(ours, middle - start);
                theirs = Math.min(theirs, end - middle);
            }
        }
        System.out.printf(
                "%d sentences on %d threads, best of %d: Steelyard %.0f/s, ONNX Runtime %.0f/s, ratio %.2f%n",
                sentences.size(),
                THREADS,
                ROUNDS,
                sentences.size() * 1e9 / ours,
                sentences.size() * 1e9 / theirs,
                (double) theirs / ours);
    }

    private static void encode(OnnxEncoder reference, TextTokenizer tokenizer, List<String> sentences)
            throws Exception {
        List<long[]> texts =
                new ArrayList<>(sentences.stream().map(tokenizer::encode).toList());
        texts.sort(Comparator.comparingInt(text -> text.length));
        for (int start = 0; start < texts.size(); start += BATCH) {
            reference.encode(texts.subList(start, Math.min(start + BATCH, texts.size())));
        }
    }
}
