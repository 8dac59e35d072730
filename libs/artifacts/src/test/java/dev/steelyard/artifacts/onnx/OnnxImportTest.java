package dev.steelyard.artifacts.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.Sha256;
import dev.steelyard.artifacts.SharedData;
import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.SafetensorsFile;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxImportTest {
    private static final int NODE = 1;
    private static final int INITIALIZER = 5;

    @TempDir
    Path folder;

    @Test
    void all_minilm_comes_out_with_the_names_and_shapes_of_its_checkpoint() throws IOException {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        Path onnx = tree.resolve("model.onnx");
        try (InputStream resource = OnnxImportTest.class.getResourceAsStream("/all-minilm-l6-v2.onnx")) {
            assertThat(resource).isNotNull();
            Files.copy(resource, onnx);
        }
        Path copy = Files.copy(onnx, folder.resolve("copy.onnx"));

        OnnxImport done = OnnxImport.convertFolder(tree).orElseThrow();

        assertThat(onnx).doesNotExist();
        assertThat(done.unnamed()).isEmpty();
        assertThat(done.recovered()).hasSize(36);
        Path safetensors = onnx.resolveSibling("model.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(safetensors);
                OnnxModel model = OnnxModel.open(copy)) {
            assertThat(file.tensors()).containsExactlyInAnyOrderElementsOf(bert(6, 384, 1536, 30522, 512));
            assertThat(file.metadata()).containsEntry("format", "pt");
            // in the graph /encoder/layer.3/intermediate/dense/MatMul multiplies with this one
            assertTransposed(
                    data(model, "onnx::MatMul_837"), file.data("encoder.layer.3.intermediate.dense.weight"), 384, 1536);
            assertThat(file.data("embeddings.word_embeddings.weight")
                            .mismatch(data(model, "embeddings.word_embeddings.weight")))
                    .isEqualTo(-1);
            Path again = folder.resolve("again.safetensors");
            OnnxImport.convert(model, again);
            assertThat(Sha256.of(again)).isEqualTo(Sha256.of(safetensors));
        }
    }

    @Test
    void a_bert_of_an_older_exporter_comes_out_with_the_names_of_its_checkpoint() throws IOException {
        Path onnx = SharedData.file("tinybert.onnx");
        try (OnnxModel model = OnnxModel.open(onnx)) {
            OnnxImport done = OnnxImport.convert(model, folder.resolve("model.safetensors"));

            List<TensorInfo> expected = new ArrayList<>(bert(1, 50, 200, 1656, 100));
            expected.add(TensorInfo.of("pooler.dense.weight", DType.F32, 50, 50));
            expected.add(TensorInfo.of("pooler.dense.bias", DType.F32, 50));
            assertThat(done.tensors()).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(done.unnamed()).isEmpty();
        }
    }

    @Test
    void a_weight_without_a_bias_is_named_by_the_path_of_its_node() throws IOException {
        Proto graph = new Proto()
                .message(NODE, Proto.node("MatMul", "/model/layers.0/mlp/up_proj/MatMul", "x onnx::MatMul_1", "y"))
                .message(NODE, Proto.node("MatMul", "/head/head.2/MatMul", "y onnx::MatMul_2", "z"))
                .message(INITIALIZER, Proto.floats("onnx::MatMul_1", new long[] {2, 3}, 1, 2, 3, 4, 5, 6))
                .message(INITIALIZER, Proto.floats("onnx::MatMul_2", new long[] {1, 2}, 7, 8));

        OnnxImport done = convert(graph);

        assertThat(done.recovered()).containsExactly("model.layers.0.mlp.up_proj.weight", "head.2.weight");
        assertThat(written("model.layers.0.mlp.up_proj.weight")).containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(written("head.2.weight")).containsExactly(7, 8);
    }

    @Test
    void a_gemm_tells_whether_its_weight_was_transposed() throws IOException {
        Proto graph = new Proto()
                .message(NODE, Proto.node("Gemm", "a", "x 7 a.bias", "y").message(5, Proto.attribute("transB", 1)))
                .message(NODE, Proto.node("Gemm", "b", "y 8 b.bias", "z"))
                .message(INITIALIZER, Proto.floats("7", new long[] {2, 2}, 1, 2, 3, 4))
                .message(INITIALIZER, Proto.floats("8", new long[] {2, 2}, 1, 2, 3, 4))
                .message(INITIALIZER, Proto.floats("a.bias", new long[] {2}, 0, 0))
                .message(INITIALIZER, Proto.floats("b.bias", new long[] {2}, 0, 0));

        convert(graph);

        assertThat(written("a.weight")).containsExactly(1, 2, 3, 4);
        assertThat(written("b.weight")).containsExactly(1, 3, 2, 4);
    }

    @Test
    void parameters_that_were_exported_once_get_all_their_names_back() throws IOException {
        Proto graph = new Proto()
                .message(NODE, Proto.node("Identity", "", "layer.0.bias", "layer.1.bias"))
                .message(NODE, Proto.node("MatMul", "", "x 9", "y"))
                .message(NODE, Proto.node("Add", "", "layer.1.bias y", "z"))
                .message(INITIALIZER, Proto.floats("9", new long[] {2, 1}, 1, 2))
                .message(INITIALIZER, Proto.floats("layer.0.bias", new long[] {1}, 5));

        convert(graph);

        assertThat(written("layer.0.bias")).containsExactly(5);
        assertThat(written("layer.1.bias")).containsExactly(5);
        assertThat(written("layer.1.weight")).containsExactly(1, 2);
    }

    @Test
    void what_the_graph_does_not_name_is_kept_and_constants_are_not() throws IOException {
        Proto graph = new Proto()
                .message(INITIALIZER, Proto.floats("onnx::Conv_5", new long[] {1, 2}, 1, 2))
                .message(INITIALIZER, Proto.floats("onnx::Div_6", new long[] {}, 8))
                .message(INITIALIZER, Proto.tensor("180", 7, 1).bytes(9, new byte[8]));

        OnnxImport done = convert(graph);

        assertThat(done.unnamed()).containsExactly("onnx::Conv_5");
        assertThat(done.tensors()).containsExactly(TensorInfo.of("onnx::Conv_5", DType.F32, 1, 2));
    }

    @Test
    void a_quantized_model_is_refused() {
        Proto graph = new Proto().message(NODE, Proto.node("MatMulInteger", "", "x w", "y"));
        assertThatThrownBy(() -> convert(graph))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("model.onnx: is quantized (MatMulInteger); import the model it was made from");
    }

    @Test
    void a_model_without_weights_is_refused() {
        assertThatThrownBy(() -> convert(new Proto()))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("model.onnx: holds no weights as initialisers of its main graph");
    }

    @Test
    void a_failed_conversion_leaves_the_folder_as_it_was() throws IOException {
        Proto graph =
                new Proto().message(INITIALIZER, Proto.tensor("a.weight", 1, 3).bytes(9, new byte[4]));
        Path onnx = Files.write(folder.resolve("model.onnx"), Proto.model(graph).toBytes());

        assertThatThrownBy(() -> OnnxImport.convertFolder(folder)).isInstanceOf(ArtifactException.class);

        assertThat(folder).isDirectoryContaining(onnx::equals).isDirectoryNotContaining("glob:**.safetensors");
    }

    @Test
    void large_matrices_are_transposed_block_by_block() throws IOException {
        int rows = 1000;
        int columns = 2100; // more than one block of 4 MiB, and no multiple of a strip
        float[] values = new float[rows * columns];
        Random random = new Random(7);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        Proto graph = new Proto()
                .message(NODE, Proto.node("MatMul", "/l/MatMul", "x 1", "y"))
                .message(INITIALIZER, Proto.floats("1", new long[] {rows, columns}, values));

        convert(graph);

        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
            assertTransposed(MemorySegment.ofArray(values), file.data("l.weight"), rows, columns);
        }
    }

    private OnnxImport convert(Proto graph) throws IOException {
        Path onnx = Files.write(folder.resolve("model.onnx"), Proto.model(graph).toBytes());
        try (OnnxModel model = OnnxModel.open(onnx)) {
            return OnnxImport.convert(model, folder.resolve("model.safetensors"));
        }
    }

    private float[] written(String tensor) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
            return file.data(tensor).toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    private static MemorySegment data(OnnxModel model, String name) throws IOException {
        for (OnnxTensor tensor : model.tensors()) {
            if (tensor.info().name().equals(name)) {
                return tensor.data();
            }
        }
        throw new AssertionError("no " + name);
    }

    private static void assertTransposed(MemorySegment source, MemorySegment found, int rows, int columns) {
        ValueLayout.OfInt bits = ValueLayout.JAVA_INT_UNALIGNED;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int expected = source.get(bits, 4L * (row * columns + column));
                int actual = found.get(bits, 4L * (column * rows + row));
                if (expected != actual) {
                    throw new AssertionError("row " + row + ", column " + column);
                }
            }
        }
    }

    /** The parameters of Hugging Face's BertModel without pooler. */
    private static List<TensorInfo> bert(int layers, long hidden, long inner, long vocabulary, long positions) {
        List<TensorInfo> tensors = new ArrayList<>();
        tensors.add(TensorInfo.of("embeddings.position_ids", DType.I64, 1, positions));
        tensors.add(TensorInfo.of("embeddings.word_embeddings.weight", DType.F32, vocabulary, hidden));
        tensors.add(TensorInfo.of("embeddings.position_embeddings.weight", DType.F32, positions, hidden));
        tensors.add(TensorInfo.of("embeddings.token_type_embeddings.weight", DType.F32, 2, hidden));
        addNorm(tensors, "embeddings.LayerNorm", hidden);
        for (int i = 0; i < layers; i++) {
            String layer = "encoder.layer." + i;
            addLinear(tensors, layer + ".attention.self.query", hidden, hidden);
            addLinear(tensors, layer + ".attention.self.key", hidden, hidden);
            addLinear(tensors, layer + ".attention.self.value", hidden, hidden);
            addLinear(tensors, layer + ".attention.output.dense", hidden, hidden);
            addNorm(tensors, layer + ".attention.output.LayerNorm", hidden);
            addLinear(tensors, layer + ".intermediate.dense", inner, hidden);
            addLinear(tensors, layer + ".output.dense", hidden, inner);
            addNorm(tensors, layer + ".output.LayerNorm", hidden);
        }
        return tensors;
    }

    private static void addLinear(List<TensorInfo> tensors, String name, long out, long in) {
        tensors.add(TensorInfo.of(name + ".weight", DType.F32, out, in));
        tensors.add(TensorInfo.of(name + ".bias", DType.F32, out));
    }

    private static void addNorm(List<TensorInfo> tensors, String name, long size) {
        tensors.add(TensorInfo.of(name + ".weight", DType.F32, size));
        tensors.add(TensorInfo.of(name + ".bias", DType.F32, size));
    }
}
