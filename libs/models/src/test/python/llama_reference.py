"""Writes the weights and logits of two small random Llama models, made by transformers, for LlamaModelTest.

    python llama_reference.py ../resources/llama     # needs torch, transformers, safetensors
"""
import json
import pathlib
import sys

import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

out = pathlib.Path(sys.argv[1])
for name, tied, kv_heads, theta in [("grouped-tied", True, 2, 10000.0), ("plain-untied", False, 4, 500.0)]:
    torch.manual_seed(3)
    config = LlamaConfig(
        vocab_size=31, hidden_size=32, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=kv_heads, max_position_embeddings=64, rms_norm_eps=1e-5, rope_theta=theta,
        tie_word_embeddings=tied, initializer_range=0.2, bos_token_id=1, eos_token_id=2)
    model = LlamaForCausalLM(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(torch.randn_like(parameter) * 0.1)
    ids = torch.randint(0, 31, (2, 12))
    labels = ids.clone()
    labels[0, :5] = -100
    result = model(ids, labels=labels)
    result.loss.backward()
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    state = {k: v.detach().contiguous() for k, v in model.state_dict().items() if not (tied and k == "lm_head.weight")}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    model.config.save_pretrained(folder)
    save_file({
        "ids": ids, "labels": labels, "logits": result.logits.detach().contiguous(), "loss": result.loss.detach(),
        "gradient": model.model.layers[0].self_attn.k_proj.weight.grad.contiguous(),
        "embedding_gradient": model.model.embed_tokens.weight.grad.contiguous(),
    }, folder / "expected.safetensors")
    print(name, float(result.loss))
