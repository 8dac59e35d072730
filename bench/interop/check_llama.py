"""Loads a trained decoder with transformers, as any user would, and compares tokens and logits with our own.

usage: check_llama.py MODEL_FOLDER TEXT OURS.safetensors

OURS holds "ids" [1, t] of the text of the file TEXT as this project cuts it, and "logits" [1, t, vocabulary]. Exits 1
with what differs.
"""

import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
import transformers
from safetensors.torch import load_file

TOLERANCE = 1e-4

folder, text, ours_file = sys.argv[1:]
ours = load_file(ours_file)
with open(text, encoding="utf-8", newline="") as f:
    text = f.read()
tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
ids = tokenizer(text, return_tensors="pt").input_ids
if not torch.equal(ids, ours["ids"]):
    sys.exit(f"transformers cuts the text into {ids.shape[1]} tokens, we into {ours['ids'].shape[1]}")
if tokenizer.decode(ids[0], clean_up_tokenization_spaces=False) != text:
    sys.exit("the tokens do not give the text back")
model, info = transformers.AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
if info["missing_keys"] or info["unexpected_keys"]:
    sys.exit(f"weights missing: {info['missing_keys']}, too many: {info['unexpected_keys']}")
if model.config.eos_token_id != tokenizer.eos_token_id or model.generation_config.eos_token_id != tokenizer.eos_token_id:
    sys.exit("tokenizer and model name other end tokens")
with torch.no_grad():
    logits = model.eval()(ids).logits.float()
worst = (logits - ours["logits"]).abs().max().item()
if not worst <= TOLERANCE:
    sys.exit(f"logits differ by up to {worst}")
print(f"transformers {transformers.__version__}: {ids.shape[1]} tokens, the same; largest difference of logits {worst:.2g}")
