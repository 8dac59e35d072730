package dev.steelyard.quantizer.report;

import dev.steelyard.quantizer.agreement.Agreement;
import dev.steelyard.quantizer.checkpoint.QuantizedCheckpoint;
import dev.steelyard.quantizer.checkpoint.QuantizedMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The report of one run. Holds no times and no names of machines; figures are rounded so far that another order of
 * additions does not show.
 *
 * @param method name of the method
 * @param version of the method
 * @param params as the method saw them
 * @param checkpoint what was done
 * @param agreement of embeddings, when sentences were given
 */
public record QuantizationReport(
        String method, String version, Record params, QuantizedCheckpoint checkpoint, Optional<Agreement> agreement) {
    private static final JsonMapper JSON = new JsonMapper();

    /** Writes report.json, report.md and sqnr.svg. */
    public void write(Path folder) throws IOException {
        Files.writeString(
                folder.resolve("report.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(toJson()) + "\n");
        Files.writeString(folder.resolve("report.md"), new MarkdownReport(this).text());
        Files.writeString(folder.resolve("sqnr.svg"), new LayerPlot(checkpoint.matrices()).svg());
    }

    ObjectNode toJson() {
        ObjectNode json = JSON.createObjectNode();
        json.put("method", method);
        json.put("version", version);
        json.set("params", JSON.<JsonNode>valueToTree(params));
        json.put("bytesBefore", checkpoint.bytesBefore());
        json.put("bytesAfter", checkpoint.bytesAfter());
        json.put("parameters", checkpoint.parameters());
        json.put("bitsPerParameter", round(checkpoint.bitsPerParameter(), 4));
        json.put("bitsPerQuantizedWeight", round(checkpoint.bitsPerQuantizedWeight(), 4));
        putDecibels(json, "sqnrDb", checkpoint.sqnr());
        agreement.ifPresent(a -> {
            ObjectNode node = json.putObject("agreement");
            node.put("sentences", a.sentences());
            node.put("meanCosine", round(a.meanCosine(), 6));
            node.put("minCosine", round(a.minCosine(), 6));
            node.put("worst", a.worst());
        });
        var layers = json.putArray("layers");
        for (QuantizedMatrix matrix : checkpoint.matrices()) {
            ObjectNode layer = layers.addObject();
            layer.put("module", matrix.weight().module());
            layer.put("dtype", matrix.weight().dtype().name());
            layer.putArray("shape")
                    .add(matrix.weight().rows())
                    .add(matrix.weight().cols());
            layer.put("group", matrix.granularity().label());
            layer.put("bitsPerWeight", round(matrix.weight().bitsPerWeight(), 4));
            putDecibels(layer, "sqnrDb", matrix.sqnr());
        }
        return json;
    }

    private static void putDecibels(ObjectNode node, String field, double decibels) {
        if (Double.isFinite(decibels)) {
            node.put(field, round(decibels, 2));
        } else {
            node.putNull(field);
        }
    }

    static double round(double value, int digits) {
        double unit = Math.pow(10, digits);
        return Math.rint(value * unit) / unit;
    }
}
