package dev.steelyard.quantizer.weightonly;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Port;
import dev.steelyard.quantizer.agreement.Agreement;
import dev.steelyard.quantizer.agreement.EmbeddingAgreement;
import dev.steelyard.quantizer.checkpoint.CheckpointQuantizer;
import dev.steelyard.quantizer.checkpoint.QuantizedCheckpoint;
import dev.steelyard.quantizer.report.QuantizationReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Runs a quantizer over the input "model" and writes the outputs "model" and "report". */
public final class WeightOnlyJob {
    private static final String MODEL = "model";
    private static final String SENTENCES = "sentences";
    private static final String REPORT = "report";

    private WeightOnlyJob() {}

    /** Declares what {@link #run} reads and writes. */
    public static <P extends Record> MethodSpec.Builder<P> declare(MethodSpec.Builder<P> spec) {
        return spec.input(Port.model(
                        MODEL, "Hugging Face folder: config.json and safetensors, one file or shards with an index"))
                .input(Port.dataset(
                                SENTENCES,
                                "text files with a sentence on each line, or JSON Lines with a field \"text\": compares the embeddings of a BERT encoder before and after")
                        .optional())
                .output(Port.model(MODEL, "the folder with quantized weights in the compressed-tensors layout"))
                .output(Port.report(
                        REPORT, "size, bits per weight, signal to noise of each matrix, embedding agreement"));
    }

    /** Quantizes, compares and reports. */
    public static Outputs run(MethodSpec<?> spec, Record params, CheckpointQuantizer quantizer, JobContext job)
            throws MethodException, IOException, InterruptedException {
        Path input = job.input(MODEL);
        Path output = job.output(MODEL);
        Optional<EmbeddingAgreement> compare = Optional.empty();
        if (job.optionalInput(SENTENCES).isPresent()) { // read first, so that a bad data set fails at once
            compare = Optional.of(
                    new EmbeddingAgreement(job.optionalInput(SENTENCES).get(), job));
        }
        QuantizedCheckpoint checkpoint = quantizer.run(input, output, job);
        Optional<Agreement> agreement = Optional.empty();
        if (compare.isPresent()) {
            agreement = Optional.of(compare.get().measure(input, output));
        }
        new QuantizationReport(spec.name(), spec.version(), params, checkpoint, agreement).write(job.output(REPORT));
        job.progress(1, "done");
        Outputs outputs = Outputs.of(MODEL, REPORT)
                .with("bytesBefore", checkpoint.bytesBefore())
                .with("bytesAfter", checkpoint.bytesAfter())
                .with("bitsPerParameter", checkpoint.bitsPerParameter())
                .with("bitsPerQuantizedWeight", checkpoint.bitsPerQuantizedWeight())
                .with("sqnrDb", checkpoint.sqnr());
        return agreement
                .map(a -> outputs.with("meanCosine", a.meanCosine()).with("minCosine", a.minCosine()))
                .orElse(outputs);
    }
}
