"""Reads a quantized model with compressed-tensors and compares it bit for bit with our own dequantization.

usage: check_compressed_tensors.py MODEL_FOLDER OURS.safetensors

MODEL_FOLDER is what a quantizer job wrote; OURS holds "<module>.weight" of each quantized module as this project reads
it. The library's own compressor dequantizes each module by the scheme that config.json gives for it. Where transformers
is installed and knows the architecture, the folder is also loaded as any user would, run once (which dequantizes it),
and its weights are compared too. Exits 1 with the first differences.
"""

import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

import compressed_tensors
import torch
from compressed_tensors.compressors import BaseCompressor
from compressed_tensors.quantization import QuantizationConfig
from safetensors import safe_open

INTEGER = {torch.float32: torch.int32, torch.float16: torch.int16, torch.bfloat16: torch.int16}


def read(folder):
    index = os.path.join(folder, "model.safetensors.index.json")
    files = ["model.safetensors"]
    if os.path.exists(index):
        with open(index) as f:
            files = sorted(set(json.load(f)["weight_map"].values()))
    tensors = {}
    for name in files:
        with safe_open(os.path.join(folder, name), "pt") as f:
            tensors.update({key: f.get_tensor(key) for key in f.keys()})
    return tensors


def same_bits(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and torch.equal(a.view(INTEGER[a.dtype]), b.view(INTEGER[b.dtype]))


def differences(theirs, ours):
    """Names of modules whose weights are not the same bits."""
    return [name for name, weight in theirs.items() if not same_bits(weight.contiguous(), ours[name + ".weight"])]


def by_library(folder):
    with open(os.path.join(folder, "config.json")) as f:
        config = QuantizationConfig.model_validate(json.load(f)["quantization_config"])
    schemes = {target: scheme for scheme in config.config_groups.values() for target in scheme.targets}
    compressor = BaseCompressor.get_value_from_registry(config.format)
    tensors = read(folder)
    weights = {}
    for module, scheme in schemes.items():
        prefix = module + "."
        state = {k[len(prefix):]: v for k, v in tensors.items() if k.startswith(prefix + "weight")}
        weights[module] = compressor.decompress(state, scheme)["weight"]
    return weights


def by_transformers(folder, modules):
    from transformers import AutoModel

    model = AutoModel.from_pretrained(folder, dtype="auto").eval()
    with torch.no_grad():
        model(input_ids=torch.tensor([[1, 2, 3]]))
    return {name: dict(model.named_modules())[name].weight.detach() for name in modules}


def main():
    folder, ours_file = sys.argv[1:]
    with safe_open(ours_file, "pt") as f:
        ours = {key: f.get_tensor(key) for key in f.keys()}
    theirs = by_library(folder)
    if sorted(name + ".weight" for name in theirs) != sorted(ours):
        sys.exit("config.json names other modules than those compared")
    wrong = differences(theirs, ours)
    if wrong:
        sys.exit("compressed-tensors reads other weights: " + ", ".join(wrong[:5]))
    count = sum(weight.numel() for weight in theirs.values())
    print(f"compressed-tensors {compressed_tensors.__version__}: {len(theirs)} modules, {count} weights, the same bits")

    try:
        import transformers
    except ImportError:
        print("transformers is not installed: not compared")
        return
    with open(os.path.join(folder, "config.json")) as f:
        known = json.load(f).get("model_type") in transformers.models.auto.configuration_auto.CONFIG_MAPPING_NAMES
    asymmetric = any(not s.weights.symmetric for s in QuantizationConfig.model_validate(
        json.load(open(os.path.join(folder, "config.json")))["quantization_config"]).config_groups.values())
    if not known or asymmetric:
        print("transformers: " + ("cannot load packed zero points" if known else "does not know the architecture"))
        return
    wrong = differences(by_transformers(folder, theirs), ours)
    if wrong:
        sys.exit("transformers reads other weights: " + ", ".join(wrong[:5]))
    print(f"transformers {transformers.__version__}: loads the folder, the same bits")


main()
