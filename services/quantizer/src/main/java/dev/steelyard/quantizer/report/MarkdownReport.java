package dev.steelyard.quantizer.report;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import dev.steelyard.quantizer.agreement.Agreement;
import dev.steelyard.quantizer.checkpoint.QuantizedCheckpoint;
import dev.steelyard.quantizer.checkpoint.QuantizedMatrix;
import java.util.Locale;

/** A report to read. */
final class MarkdownReport {
    private final QuantizationReport report;
    private final StringBuilder text = new StringBuilder();

    MarkdownReport(QuantizationReport report) {
        this.report = report;
    }

    String text() {
        QuantizedCheckpoint checkpoint = report.checkpoint();
        add("# %s %s\n\n", report.method(), report.version());
        add("| | before | after |\n|---|---:|---:|\n");
        add("| tensors | %,d B | %,d B |\n", checkpoint.bytesBefore(), checkpoint.bytesAfter());
        double before = 8.0 * checkpoint.bytesBefore() / checkpoint.parameters();
        add("| bits per parameter | %.2f | %.2f |\n\n", before, checkpoint.bitsPerParameter());
        add("%d matrices are quantized, ", checkpoint.matrices().size());
        add("at %.3f bits per weight with their scales; ", checkpoint.bitsPerQuantizedWeight());
        add("signal to noise over all of them %s dB.\n\n", decibels(checkpoint.sqnr()));
        report.agreement().ifPresent(this::addAgreement);
        add("![signal to noise and bits of each matrix](sqnr.svg)\n\n");
        add("| module | shape | group | bits per weight | SQNR dB |\n|---|---|---:|---:|---:|\n");
        checkpoint.matrices().forEach(this::addRow);
        return text.toString();
    }

    private void addAgreement(Agreement agreement) {
        add("Embeddings of %d sentences: ", agreement.sentences());
        add("mean cosine to the original %.4f, ", agreement.meanCosine());
        add("least %.4f (\"%s\").\n\n", agreement.minCosine(), agreement.worst().replace("|", "\\|"));
    }

    private void addRow(QuantizedMatrix matrix) {
        add(
                "| %s | %d × %d | %s | %.3f | %s |\n",
                matrix.weight().module(),
                matrix.weight().rows(),
                matrix.weight().cols(),
                matrix.granularity().label(),
                matrix.weight().bitsPerWeight(),
                decibels(matrix.sqnr()));
    }

    private static String decibels(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f", value) : "∞";
    }

    @FormatMethod
    private void add(@FormatString String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values));
    }
}
