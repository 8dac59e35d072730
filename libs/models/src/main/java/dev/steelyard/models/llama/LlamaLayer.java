package dev.steelyard.models.llama;

import dev.steelyard.tensor.nn.Weight;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** h = x + Attention(norm(x)); h + MLP(norm(h)). */
record LlamaLayer(RmsNorm before, Attention attention, RmsNorm after, Mlp mlp) {

    static LlamaLayer create(LlamaConfig config, ParameterSource source, String name) {
        return new LlamaLayer(
                source.norm(name + ".input_layernorm.weight", config.hiddenSize()),
                Attention.create(config, source, name + ".self_attn"),
                source.norm(name + ".post_attention_layernorm.weight", config.hiddenSize()),
                Mlp.create(config, source, name + ".mlp"));
    }

    /** x: [n, t, hidden] → the same. */
    Tensor forward(Tensor x, Rotary rotary, Arithmetic arithmetic) {
        Tensor h = x.add(attention.forward(before.forward(x), rotary, arithmetic));
        return h.add(mlp.forward(after.forward(h), arithmetic));
    }

    /** Causal attention; each key and value head serves heads/keyValueHeads query heads. */
    record Attention(LlamaConfig config, Weight query, Weight key, Weight value, Weight output) {

        static Attention create(LlamaConfig config, ParameterSource source, String name) {
            long hidden = config.hiddenSize();
            long queries = (long) config.heads() * config.headSize();
            long keys = (long) config.keyValueHeads() * config.headSize();
            return new Attention(
                    config,
                    source.linear(name + ".q_proj.weight", queries, hidden),
                    source.linear(name + ".k_proj.weight", keys, hidden),
                    source.linear(name + ".v_proj.weight", keys, hidden),
                    source.linear(name + ".o_proj.weight", hidden, queries));
        }

        Tensor forward(Tensor normed, Rotary rotary, Arithmetic arithmetic) {
            Tensor x = arithmetic.operand(normed);
            Tensor q = rotary.turn(heads(arithmetic.linear(x, query.value()), config.heads())); // [n, heads, t, d]
            Tensor k = rotary.turn(heads(arithmetic.linear(x, key.value()), config.keyValueHeads()));
            Tensor v = heads(arithmetic.linear(x, value.value()), config.keyValueHeads());
            boolean grouped = config.heads() != config.keyValueHeads();
            Tensor mixed = torch.scaled_dot_product_attention(
                    q, k, v.to(q.scalar_type()), new TensorOptional(), 0.0, true, new DoubleOptional(), grouped);
            return arithmetic.linear(arithmetic.operand(mixed.transpose(1, 2).flatten(2, 3)), output.value());
        }

        private Tensor heads(Tensor x, int count) {
            return x.view(x.size(0), x.size(1), count, config.headSize()).transpose(1, 2);
        }
    }

    /** down(silu(gate(x)) ∘ up(x)) (SwiGLU, arXiv:2002.05202). */
    record Mlp(Weight gate, Weight up, Weight down) {

        static Mlp create(LlamaConfig config, ParameterSource source, String name) {
            long hidden = config.hiddenSize();
            long wide = config.intermediateSize();
            return new Mlp(
                    source.linear(name + ".gate_proj.weight", wide, hidden),
                    source.linear(name + ".up_proj.weight", wide, hidden),
                    source.linear(name + ".down_proj.weight", hidden, wide));
        }

        Tensor forward(Tensor normed, Arithmetic arithmetic) {
            Tensor x = arithmetic.operand(normed);
            Tensor gated = torch.silu(arithmetic.linear(x, gate.value())).mul(arithmetic.linear(x, up.value()));
            return arithmetic.linear(gated, down.value());
        }
    }
}
