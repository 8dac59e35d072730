"""Writes what SmolLm2Test compares with: tokens, logits and losses of SmolLM2-135M-Instruct as transformers reads it from
the same GGUF file, in single precision.

    ../../../../examples/smollm2/fetch
    python smollm2_reference.py ../resources/smollm2     # needs torch, transformers, gguf, safetensors
"""
import json
import pathlib
import sys

import torch
from safetensors.torch import save_file
from tokenizers import pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer

torch.set_num_threads(1)
out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
root = pathlib.Path(__file__).resolve().parents[5]
folder = root / "target/models/smollm2"
file = "SmolLM2-135M-Instruct.Q4_1.gguf"
model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file, dtype=torch.float32).eval()
tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=file)
# SmolLM2's own tokenizer.json separates digits first; what transformers makes of a GGUF file leaves that out
tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
    [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])

TEXTS = [
    "", " ", "\n\n", "Hello, world!", "In 2024 there were 1,234,567 of them; 0.5% less than in 2023.",
    "it's, they're, we've, I'm, he'll, she'd; IT'S", "def f(x):\n\treturn x ** 2  # a square\n", "a  b   c\t\td \n e",
    "Zürich, naïve, Ångström, 東京, Привет, שלום, ½ ² Ⅻ", "👍🏽 🏳️‍🌈 🇬🇧", "a\u0004b\u0000c\u007fd",
    "<|im_start|>user\nWhat is a steelyard?<|im_end|>\n<|im_start|>assistant\n", "<|im_start", "x<|endoftext|>y",
    "https://example.org/a?b=c&d=%20#e", "'''''' \"\"\" ``` --- ===",
]
ids = tokenizer.apply_chat_template(
    [{"role": "user", "content": "What is a steelyard, and how does it weigh?"}],
    add_generation_prompt=True, return_dict=True, return_tensors="pt")["input_ids"]
prose = (root / "examples/all-minilm-l6-v2/sentences.txt").read_text().replace("\n", " ")
windows = torch.tensor(tokenizer(prose, add_special_tokens=False)["input_ids"])
windows = windows[: 8 * 256].view(8, 256)
columns = torch.arange(0, model.config.vocab_size, 97)
with torch.no_grad():
    logits = model(ids).logits[0][:, columns]
    losses = torch.stack([model(w[None], labels=w[None]).loss for w in windows])
    answer = model.generate(ids, max_new_tokens=16, do_sample=False)[0, ids.shape[1]:]
save_file({
    "ids": ids, "columns": columns, "logits": logits.contiguous(), "answer": answer.contiguous(),
    "losses": losses, "windows": torch.tensor(windows.shape),
}, out / "expected.safetensors")
(out / "texts.json").write_text(json.dumps(
    [{"text": t, "ids": tokenizer(t, add_special_tokens=False)["input_ids"]} for t in TEXTS], ensure_ascii=True, indent=1) + "\n")
print(tokenizer.decode(answer))
print("windows", windows.shape, "loss", float(losses.mean()), "perplexity", float(losses.mean().exp()))
