package dev.steelyard.artifacts.gguf;

import dev.steelyard.artifacts.ArtifactException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds a Llama decoder's parameters, under the names that transformers gives them, among a file's tensors. */
final class LlamaTensors {
    static final String EMBEDDING = "token_embd.weight";
    static final String HEAD = "output.weight";

    private final GgufFile file;
    private final LlamaSizes sizes;
    private final List<LlamaTensor> found = new ArrayList<>();
    private final Set<String> used = new HashSet<>();

    private LlamaTensors(GgufFile file, LlamaSizes sizes) {
        this.file = file;
        this.sizes = sizes;
    }

    /** @throws ArtifactException naming a tensor that is missing, has another shape or is none of a Llama's */
    static List<LlamaTensor> of(GgufFile file, LlamaSizes sizes) throws ArtifactException {
        LlamaTensors tensors = new LlamaTensors(file, sizes);
        tensors.add("model.embed_tokens", EMBEDDING, sizes.vocabulary(), sizes.hidden());
        for (int layer = 0; layer < sizes.layers(); layer++) {
            tensors.addLayer("model.layers." + layer, "blk." + layer);
        }
        tensors.add("model.norm", "output_norm.weight", sizes.hidden());
        if (!sizes.tied()) {
            tensors.add("lm_head", HEAD, sizes.vocabulary(), sizes.hidden());
        }
        for (GgufTensor tensor : file.tensors()) {
            if (!tensors.used.contains(tensor.name())) {
                throw new ArtifactException(file.name(), tensor.name(), "has no place in a Llama decoder");
            }
        }
        return tensors.found;
    }

    private void addLayer(String layer, String block) throws ArtifactException {
        long hidden = sizes.hidden();
        long queries = sizes.heads() * sizes.head();
        long keys = sizes.keyValueHeads() * sizes.head();
        add(layer + ".input_layernorm", block + ".attn_norm.weight", hidden);
        addTurned(layer + ".self_attn.q_proj", block + ".attn_q.weight", sizes.heads());
        addTurned(layer + ".self_attn.k_proj", block + ".attn_k.weight", sizes.keyValueHeads());
        add(layer + ".self_attn.v_proj", block + ".attn_v.weight", keys, hidden);
        add(layer + ".self_attn.o_proj", block + ".attn_output.weight", hidden, queries);
        add(layer + ".post_attention_layernorm", block + ".ffn_norm.weight", hidden);
        add(layer + ".mlp.gate_proj", block + ".ffn_gate.weight", sizes.inner(), hidden);
        add(layer + ".mlp.up_proj", block + ".ffn_up.weight", sizes.inner(), hidden);
        add(layer + ".mlp.down_proj", block + ".ffn_down.weight", hidden, sizes.inner());
    }

    private void add(String module, String source, Long... shape) throws ArtifactException {
        found.add(new LlamaTensor(module + ".weight", take(source, List.of(shape)), 0));
    }

    /** Rows that rotary positions turn, in the order of llama.cpp. */
    private void addTurned(String module, String source, int heads) throws ArtifactException {
        GgufTensor tensor = take(source, List.of(heads * sizes.head(), sizes.hidden()));
        found.add(new LlamaTensor(module + ".weight", tensor, heads));
    }

    private GgufTensor take(String name, List<Long> shape) throws ArtifactException {
        GgufTensor tensor = file.tensor(name).orElseThrow(() -> new ArtifactException(file.name(), name, "is missing"));
        if (!tensor.shape().equals(shape)) {
            throw new ArtifactException(file.name(), name, "expected " + shape + ", found " + tensor.shape());
        }
        used.add(name);
        return tensor;
    }
}
