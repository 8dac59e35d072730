"""Writes what GgufTest and GgufImportTest compare with, by the Python packages gguf, transformers and tokenizers:

blocks.gguf   random blocks of every type that is read, each beside its numbers as gguf.quants dequantizes them
small.gguf    a random Llama decoder with a tokenizer, its rows permuted and its types mixed as llama.cpp's converter
              makes them; small/ holds the checkpoint it was made of (dequantized) and the tokenizer.json

    python gguf_reference.py ../resources/gguf     # needs gguf, numpy, torch, transformers, tokenizers, safetensors
"""
import pathlib
import sys

import numpy as np
import torch
from gguf import GGMLQuantizationType as Type
from gguf import GGUFWriter, quants
from safetensors.numpy import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM

out = pathlib.Path(sys.argv[1])
(out / "small").mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(5)

# block size in elements and bytes, and where half-precision scales are in a block
BLOCKS = {
    Type.Q4_0: (32, 18, [0]), Type.Q4_1: (32, 20, [0, 2]), Type.Q5_0: (32, 22, [0]), Type.Q5_1: (32, 24, [0, 2]),
    Type.Q8_0: (32, 34, [0]), Type.Q2_K: (256, 84, [80, 82]), Type.Q3_K: (256, 110, [108]),
    Type.Q4_K: (256, 144, [0, 2]), Type.Q5_K: (256, 176, [0, 2]), Type.Q6_K: (256, 210, [208]),
    Type.F16: (1, 2, [0]), Type.BF16: (1, 2, []),
}
# ordinary ones, the smallest subnormal, a larger one, zeros, the largest
HALVES = np.array([0.0123, -0.0007, 1.5, 6e-8, 3e-5, 0.0, -0.0, 65504.0], "f2")

writer = GGUFWriter(out / "blocks.gguf", "none")
for kind, (elements, size, scales) in BLOCKS.items():
    rows = 4
    blocks = 64 if elements == 1 else 2
    raw = random.integers(0, 256, (rows * blocks, size), np.uint8)
    for at in scales:
        values = random.permutation(np.resize(HALVES, rows * blocks))
        raw[:, at:at + 2] = values.view(np.uint8).reshape(-1, 2)
    raw = raw.reshape(rows, blocks * size)
    if kind == Type.BF16:  # any bits but those of NaN, whose sign no two machines agree on
        raw.view("u2")[(raw.view("u2") & 0x7F80) == 0x7F80] = 0x3FC0
    expected = raw.view("f2").astype("f4") if kind == Type.F16 else quants.dequantize(raw, kind)
    assert expected.shape == (rows, blocks * elements) and np.isfinite(expected).all()
    writer.add_tensor(kind.name, raw.view("f2") if kind == Type.F16 else raw, raw_dtype=None if kind == Type.F16 else kind)
    writer.add_tensor(kind.name + ".expected", expected)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()

TEXT = """A steelyard is a balance with arms of unequal length. The counterweight slides along the longer arm, and the
place where it comes to rest tells the weight. It was in use in the year 2020 as it was in the year 79, and it's no
heavier to carry than what it weighs. We've seen 3 of them, they're all of iron."""
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
    [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
tokenizer.decoder = decoders.ByteLevel()
tokenizer.train_from_iterator([TEXT], trainers.BpeTrainer(
    vocab_size=316, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
    special_tokens=[AddedToken(t, special=True, normalized=False) for t in SPECIAL]))
tokenizer.save(str(out / "small" / "tokenizer.json"))
vocabulary = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().get)
merges = [" ".join(m) for m in __import__("json").loads(tokenizer.to_str())["model"]["merges"]]

torch.manual_seed(3)
config = LlamaConfig(
    vocab_size=320, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=128, rms_norm_eps=1e-5, rope_theta=50000.0,
    tie_word_embeddings=True, initializer_range=0.2, bos_token_id=1, eos_token_id=2)
state = {k: v.detach().numpy() for k, v in LlamaForCausalLM(config).state_dict().items() if k != "lm_head.weight"}
NAMES = {
    "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}
TYPES = {
    "token_embd": Type.Q8_0, "attn_q": Type.F32, "attn_k": Type.F16, "attn_v": Type.BF16, "attn_output": Type.Q4_0,
    "ffn_gate": Type.Q4_1, "ffn_up": Type.Q5_0, "ffn_down": Type.Q5_1,
}


def gguf_name(name):
    parts = name.removesuffix(".weight").split(".")
    if parts[1] == "layers":
        return f"blk.{parts[2]}.{NAMES['.'.join(parts[3:])]}"
    return {"model.embed_tokens": "token_embd", "model.norm": "output_norm"}[".".join(parts)]


def permute(rows, heads):
    """Row i and row i + d/2 of a head become neighbours."""
    return rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


writer = GGUFWriter(out / "small.gguf", "llama")
writer.add_name("Small")
writer.add_context_length(128)
writer.add_embedding_length(32)
writer.add_block_count(2)
writer.add_feed_forward_length(64)
writer.add_head_count(4)
writer.add_head_count_kv(2)
writer.add_rope_dimension_count(8)
writer.add_rope_freq_base(50000.0)
writer.add_layer_norm_rms_eps(1e-5)
writer.add_vocab_size(320)
writer.add_tokenizer_model("gpt2")
writer.add_tokenizer_pre("smollm")
writer.add_token_list(vocabulary + [f"[PAD{i}]" for i in range(len(vocabulary), 320)])
writer.add_token_types([3 if t in SPECIAL else 1 for t in vocabulary] + [5] * (320 - len(vocabulary)))
writer.add_token_merges(merges)
writer.add_bos_token_id(1)
writer.add_eos_token_id(2)
writer.add_pad_token_id(2)
writer.add_add_bos_token(False)
writer.add_chat_template("{% for message in messages %}{{ message['content'] }}{% endfor %}")
expected = {}
for name, values in state.items():
    target = gguf_name(name)
    short = target.split(".")[-1]
    kind = TYPES.get(short, Type.F32)
    stored = permute(values, {"attn_q": 4, "attn_k": 2}[short]) if short in ("attn_q", "attn_k") else values
    if kind in (Type.F32, Type.F16):
        stored = stored.astype({Type.F32: "f4", Type.F16: "f2"}[kind])
        writer.add_tensor(target + ".weight", stored)
        expected[name] = values.astype(stored.dtype).astype("f4")
    else:
        stored = quants.quantize(stored, kind)
        writer.add_tensor(target + ".weight", stored, raw_dtype=kind)
        expected[name] = quants.dequantize(stored, kind)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
save_file(expected, out / "small" / "model.safetensors", {"format": "pt"})
