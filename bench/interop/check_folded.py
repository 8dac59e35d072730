"""Loads a folded network of bcn-ws into plain torch.nn layers and compares its scores with ours.

usage: check_folded.py FOLDED_FOLDER SAMPLES.safetensors

FOLDED_FOLDER is the output "folded" of a job; SAMPLES holds "images" [n, channels, height, width] and "scores"
[n, classes] of this project. Every tensor of the folder must be taken, and none be missing. Exits 1 when a score differs
by more than 1e-5 of the largest.
"""

import json
import os
import sys

import torch
from safetensors.torch import load_file
from torch import nn


class Normalized(nn.Module):
    def __init__(self, config, name, channels_in, channels_out, kernel, stride):
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2)
        groups = config.get("group_norm_groups", {}).get(name + ".norm")
        self.norm = nn.GroupNorm(groups, channels_out, config["group_norm_eps"]) if groups else nn.Identity()

    def forward(self, x):
        return self.norm(self.conv(x))


class Strided(nn.Module):
    def __init__(self, config):
        super().__init__()
        channels_in, self.layers = config["num_channels"], nn.ModuleList()
        for channels in config["channels"]:
            for stride in (1, 2):
                name = f"layers.{len(self.layers)}"
                self.layers.append(Normalized(config, name, channels_in, channels, 3, stride))
                channels_in = channels
        self.classifier = nn.Linear(channels_in, len(config["id2label"]))

    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return self.classifier(x.mean((2, 3)))


class Block(nn.Module):
    def __init__(self, config, name, channels_in, channels_out, stride):
        super().__init__()
        self.first = Normalized(config, name + ".first", channels_in, channels_out, 3, stride)
        self.second = Normalized(config, name + ".second", channels_out, channels_out, 3, 1)
        self.shortcut = None
        if channels_in != channels_out or stride != 1:
            self.shortcut = Normalized(config, name + ".shortcut", channels_in, channels_out, 1, stride)

    def forward(self, x):
        around = x if self.shortcut is None else self.shortcut(x)
        return torch.relu(self.second(torch.relu(self.first(x))) + around)


class Residual(nn.Module):
    def __init__(self, config):
        super().__init__()
        channels_in = config["channels"][0]
        self.stem = Normalized(config, "stem", config["num_channels"], channels_in, 3, 1)
        self.blocks = nn.ModuleList()
        for at, channels in enumerate(config["channels"]):
            self.blocks.append(Block(config, f"blocks.{at}", channels_in, channels, 1 if at == 0 else 2))
            channels_in = channels
        self.classifier = nn.Linear(channels_in, len(config["id2label"]))

    def forward(self, x):
        x = torch.relu(self.stem(x))
        for block in self.blocks:
            x = block(x)
        return self.classifier(x.mean((2, 3)))


def main():
    folder, samples_file = sys.argv[1:]
    with open(os.path.join(folder, "config.json")) as f:
        config = json.load(f)
    model = {"steelyard-image-strided": Strided, "steelyard-image-residual": Residual}[config["model_type"]](config)
    model.load_state_dict(load_file(os.path.join(folder, "model.safetensors")), strict=True)
    samples = load_file(samples_file)
    with torch.no_grad():
        scores = model.eval()(samples["images"])
    difference = (scores - samples["scores"]).abs().max().item() / max(1.0, samples["scores"].abs().max().item())
    layers = sum(1 for module in model.modules() if isinstance(module, nn.Conv2d))
    print(f"torch {torch.__version__}: {layers} convolutions, {len(scores)} images, largest difference {difference:.1e}")
    if difference > 1e-5:
        sys.exit("other scores than ours")


main()
