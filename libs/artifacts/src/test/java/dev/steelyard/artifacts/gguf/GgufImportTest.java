package dev.steelyard.artifacts.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.Sha256;
import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.SafetensorsFile;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A small decoder written by the Python packages; see gguf_reference.py. */
class GgufImportTest {
    private static final Path REFERENCE = Path.of("src/test/resources/gguf");
    private static final Path SMALL = REFERENCE.resolve("small.gguf");
    private static final Path EXPECTED = REFERENCE.resolve("small");

    @TempDir
    Path folder;

    private Path gguf = Path.of("");

    @BeforeEach
    void copy() throws IOException {
        gguf = Files.copy(SMALL, folder.resolve("Some-Name.Q4_1.gguf"));
    }

    @Test
    void weights_are_those_of_the_checkpoint_that_the_file_was_made_of() throws IOException {
        GgufImport done = GgufImport.convertFolder(folder, WeightType.FP32).orElseThrow();

        assertThat(done.source()).isEqualTo("Some-Name.Q4_1.gguf");
        assertThat(gguf).doesNotExist();
        assertThat(Sha256.of(folder.resolve("model.safetensors")))
                .isEqualTo(Sha256.of(EXPECTED.resolve("model.safetensors")));
    }

    @Test
    void by_default_weights_are_rounded_to_bfloat16() throws IOException {
        GgufImport done = GgufImport.convertFolder(folder, WeightType.BF16).orElseThrow();

        try (SafetensorsFile found = SafetensorsFile.open(folder.resolve("model.safetensors"));
                SafetensorsFile exact = SafetensorsFile.open(EXPECTED.resolve("model.safetensors"))) {
            assertThat(found.tensors()).containsExactlyInAnyOrderElementsOf(done.tensors());
            assertThat(found.tensors()).hasSameSizeAs(exact.tensors());
            for (TensorInfo tensor : found.tensors()) {
                assertThat(tensor.dtype()).isEqualTo(DType.BF16);
                float[] numbers = exact.data(tensor.name()).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
                short[] rounded = found.data(tensor.name()).toArray(ValueLayout.JAVA_SHORT_UNALIGNED);
                for (int i = 0; i < numbers.length; i++) {
                    assertThat(rounded[i]).isEqualTo(WeightType.bfloat16(numbers[i]));
                }
            }
        }
    }

    @Test
    void config_tells_what_the_settings_tell() throws IOException {
        convert();

        assertThat(json("config.json")).isEqualTo(new JsonMapper().readTree("""
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 320, "hidden_size": 32,
                 "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
                 "head_dim": 8, "max_position_embeddings": 128, "hidden_act": "silu", "rms_norm_eps": 1.0E-5,
                 "rope_theta": 50000.0, "rope_scaling": null, "attention_bias": false, "mlp_bias": false,
                 "tie_word_embeddings": true, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2,
                 "torch_dtype": "bfloat16"}"""));
        assertThat(json("generation_config.json"))
                .isEqualTo(new JsonMapper().readTree("{\"bos_token_id\":1,\"eos_token_id\":2,\"pad_token_id\":2}"));
    }

    @Test
    void tokenizer_is_the_one_that_the_vocabulary_came_from() throws IOException {
        convert();

        assertThat(json("tokenizer.json"))
                .isEqualTo(new JsonMapper().readTree(Files.readString(EXPECTED.resolve("tokenizer.json"))));
        assertThat(json("tokenizer_config.json")).isEqualTo(new JsonMapper().readTree("""
                {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<|im_start|>", "eos_token": "<|im_end|>",
                 "pad_token": "<|im_end|>", "model_max_length": 128, "clean_up_tokenization_spaces": false,
                 "chat_template": "{% for message in messages %}{{ message['content'] }}{% endfor %}"}"""));
    }

    @Test
    void the_same_file_gives_the_same_bytes() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.copy(SMALL, other.resolve("named-otherwise.GGUF"));
        convert();
        GgufImport _ = GgufImport.convertFolder(other, WeightType.BF16).orElseThrow();

        try (Stream<Path> files = Files.list(other)) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(5);
            for (Path file : all) {
                assertThat(folder.resolve(file.getFileName())).hasSameBinaryContentAs(file);
            }
        }
    }

    @Test
    void files_that_are_there_already_stay() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), "{}");
        convert();

        assertThat(folder.resolve("tokenizer.json")).hasContent("{}");
        assertThat(folder.resolve("config.json")).exists();
    }

    @Test
    void a_folder_with_safetensors_or_without_gguf_is_left_alone() throws IOException {
        Files.writeString(folder.resolve("model.safetensors"), "");
        assertThat(GgufImport.convertFolder(folder, WeightType.BF16)).isEmpty();
        assertThat(gguf).exists();
        assertThat(GgufImport.convertFolder(Files.createDirectory(folder.resolve("empty")), WeightType.BF16))
                .isEmpty();
    }

    @Test
    void two_files_are_refused() throws IOException {
        Files.copy(SMALL, folder.resolve("B.gguf"));
        assertThatThrownBy(this::convert)
                .isInstanceOf(ArtifactException.class)
                .hasMessage("holds 2 GGUF files, B.gguf and Some-Name.Q4_1.gguf among them; a model is made of one");
    }

    /** Each changes a few bytes of the file, all to the same length. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            general.architecture | general.architecturf | general.architecture: expected text, found nothing
            smollm               | smollx               | tokenizer.ggml.pre: expected gpt-2, smollm, starcoder, refact or llama-bpe (else put the model's tokenizer.json beside it), found TEXT
            tokenizer.ggml.model | tokenizer.ggml.modem | tokenizer.ggml.model: expected text, found nothing
            llama.block_count    | llama.block_counu    | llama.block_count: expected a whole number from 1 to 1024, found nothing
            output_norm.weight   | output_nory.weight   | output_norm.weight: is missing
            blk.1.ffn_up.weight  | blk.1.ffn_ux.weight  | blk.1.ffn_up.weight: is missing
            blk.0.attn_q.weight  | blk.0.attn_q.weighu  | blk.0.attn_q.weight: is missing
            Ġ t                  | Ġ ~                  | tokenizer.ggml.merges: expected pairs of tokens that make a token, not 'Ġ ~', found a list of 57 TEXT
            """)
    void what_is_no_llama_is_refused_and_the_folder_stays(String piece, String other, String message)
            throws IOException {
        byte[] bytes = Files.readAllBytes(gguf);
        replace(bytes, piece, other);
        Files.write(gguf, bytes);

        assertThatThrownBy(this::convert)
                .isInstanceOf(ArtifactException.class)
                .hasMessage("Some-Name.Q4_1.gguf: " + message);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(gguf);
        }
    }

    @Test
    void sizes_that_do_not_fit_the_tensors_are_refused() throws IOException {
        assertRefusedWith("llama.block_count", 1, "blk.1.attn_q.weight: has no place in a Llama decoder");
        assertRefusedWith(
                "llama.embedding_length",
                64,
                "llama.rope.dimension_count: differs from the 16 that a head is wide, which is not supported");
        assertRefusedWith("llama.feed_forward_length", 32, "blk.0.ffn_gate.weight: expected [32, 32], found [64, 32]");
        assertRefusedWith("llama.attention.head_count_kv", 3, "llama.attention.head_count_kv: 3 is no divisor of 4");
        assertRefusedWith(
                "llama.rope.dimension_count",
                4,
                "llama.rope.dimension_count: differs from the 8 that a head is wide, which is not supported");
        assertRefusedWith(
                "tokenizer.ggml.eos_token_id",
                400,
                "tokenizer.ggml.eos_token_id: expected a whole number from 0 to 319, found 400");
    }

    private void assertRefusedWith(String key, int value, String message) throws IOException {
        byte[] bytes = Files.readAllBytes(SMALL);
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(find(bytes, key) + key.length() + Integer.BYTES, value); // behind the type
        Files.write(gguf, bytes);
        assertThatThrownBy(this::convert).hasMessage("Some-Name.Q4_1.gguf: " + message);
    }

    private static int find(byte[] bytes, String piece) {
        byte[] wanted = piece.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at + wanted.length <= bytes.length; at++) {
            if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        throw new AssertionError("no " + piece);
    }

    private static void replace(byte[] bytes, String piece, String by) {
        byte[] with = by.getBytes(StandardCharsets.UTF_8);
        assertThat(with).hasSameSizeAs(piece.getBytes(StandardCharsets.UTF_8));
        System.arraycopy(with, 0, bytes, find(bytes, piece), with.length);
    }

    private void convert() throws IOException {
        GgufImport _ = GgufImport.convertFolder(folder, WeightType.BF16).orElseThrow();
    }

    private JsonNode json(String file) throws IOException {
        return new JsonMapper().readTree(Files.readString(folder.resolve(file)));
    }
}
