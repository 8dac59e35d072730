package dev.steelyard.models.text;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The published ONNX file run by ONNX Runtime, its pooling written out in plain Java: shares nothing with {@link
 * SentenceEncoder} but the tokenizer.
 */
final class OnnxEncoder implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    private final OrtSession session;

    OnnxEncoder(Path onnx, int threads) throws OrtException {
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        session = environment.createSession(onnx.toString(), options);
    }

    /** @return [n][hidden] */
    double[][] encode(List<long[]> texts) throws OrtException {
        int length = texts.stream().mapToInt(text -> text.length).max().orElseThrow();
        long[] shape = {texts.size(), length};
        long[] ids = new long[texts.size() * length];
        long[] mask = new long[ids.length];
        for (int i = 0; i < texts.size(); i++) {
            long[] text = texts.get(i);
            System.arraycopy(text, 0, ids, i * length, text.length);
            Arrays.fill(mask, i * length, i * length + text.length, 1);
        }
        try (var idTensor = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape);
                var maskTensor = OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
                var typeTensor = OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[ids.length]), shape);
                var result = session.run(
                        Map.of("input_ids", idTensor, "attention_mask", maskTensor, "token_type_ids", typeTensor))) {
            float[][][] hidden = (float[][][]) result.get(0).getValue(); // [n][t][hidden]
            double[][] vectors = new double[texts.size()][];
            for (int i = 0; i < vectors.length; i++) {
                vectors[i] = unitMean(hidden[i], texts.get(i).length);
            }
            return vectors;
        }
    }

    private static double[] unitMean(float[][] tokens, int count) {
        double[] sum = new double[tokens[0].length];
        for (int t = 0; t < count; t++) {
            for (int j = 0; j < sum.length; j++) {
                sum[j] += tokens[t][j];
            }
        }
        double norm = Math.sqrt(Arrays.stream(sum).map(x -> x * x).sum());
        return Arrays.stream(sum).map(x -> x / norm).toArray();
    }

    @Override
    public void close() throws OrtException {
        session.close();
        options.close();
    }
}
