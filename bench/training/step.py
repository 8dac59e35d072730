"""Prints the time of a training step and of the optimizer's part in it, milliseconds: the 10th percentile.

The same models, batches and optimizers as StepTime.java: step.py <threads> <workload> <optimizer> <steps>.
"""
import sys
import time

import torch
from torch import nn

threads, workload, name, steps = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
torch.set_num_threads(threads)
torch.manual_seed(1)


def mlp(hidden):
    return nn.Sequential(
        nn.Linear(784, hidden), nn.BatchNorm1d(hidden), nn.ReLU(),
        nn.Linear(hidden, hidden), nn.BatchNorm1d(hidden), nn.ReLU(),
        nn.Linear(hidden, 10))


def cnn():
    return nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 8 * 8, 10))


def rotated(x, cos, sin):
    a, b = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-b, a), dim=-1) * sin


class Block(nn.Module):
    def __init__(self, width, wide):
        super().__init__()
        self.width, self.heads = width, 4
        self.before, self.after = nn.RMSNorm(width, eps=1e-6), nn.RMSNorm(width, eps=1e-6)
        self.q, self.k, self.v, self.o = (nn.Linear(width, width, bias=False) for _ in range(4))
        self.gate, self.up = nn.Linear(width, wide, bias=False), nn.Linear(width, wide, bias=False)
        self.down = nn.Linear(wide, width, bias=False)

    def forward(self, x, cos, sin):
        n, t, _ = x.shape
        h = self.before(x)
        q, k, v = (f(h).view(n, t, self.heads, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
        q, k = rotated(q, cos, sin), rotated(k, cos, sin)
        a = nn.functional.scaled_dot_product_attention(q, k, v.to(q.dtype), is_causal=True)
        x = x + self.o(a.transpose(1, 2).flatten(2))
        h = self.after(x)
        return x + self.down(nn.functional.silu(self.gate(h)) * self.up(h))


class Llama(nn.Module):
    def __init__(self, width, wide, layers):
        super().__init__()
        self.embedding = nn.Embedding(2048, width)
        nn.init.normal_(self.embedding.weight, 0, 0.02)
        self.blocks = nn.ModuleList(Block(width, wide) for _ in range(layers))
        self.norm = nn.RMSNorm(width, eps=1e-6)
        self.size = width // 4

    def forward(self, ids):
        frequencies = 10000.0 ** (-torch.arange(0, self.size, 2) / self.size)
        angles = torch.outer(torch.arange(ids.shape[1]), frequencies).repeat(1, 2)
        cos, sin = angles.cos(), angles.sin()
        x = self.embedding(ids)
        for block in self.blocks:
            x = block(x, cos, sin)
        return nn.functional.linear(self.norm(x), self.embedding.weight).flatten(0, 1).float()


mixed = workload.endswith("-bf16")
model, shape = {
    "llama-128": lambda: (Llama(128, 344, 4), (16, 64)),
    "llama-512": lambda: (Llama(512, 1376, 8), (8, 128)),
    "mlp": lambda: (mlp(256), (50, 784)),
    "mlp-wide": lambda: (mlp(2048), (256, 784)),
    "cnn": lambda: (cnn(), (64, 3, 32, 32)),
}[workload.removesuffix("-bf16")]()
optimizer = {
    "sgd": lambda p: torch.optim.SGD(p, lr=1e-3, momentum=0.9, weight_decay=0.01),
    "adamw": lambda p: torch.optim.AdamW(p, lr=1e-3, weight_decay=0.01),
    "adamp": lambda p: __import__("adamp").AdamP(p, lr=1e-3, weight_decay=0.01),
}[name](model.parameters())
if workload.startswith("llama"):
    inputs, labels = torch.randint(0, 2048, shape), torch.randint(0, 2048, (shape[0] * shape[1],))
else:
    inputs, labels = torch.rand(shape), torch.randint(0, 10, (shape[0],))


def run(count):
    step_times, update_times = [], []
    for _ in range(count):
        begin = time.perf_counter()
        optimizer.zero_grad()
        x, y = inputs.clone(), labels.clone()
        with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
            y_hat = model(x)
        nn.functional.cross_entropy(y_hat, y).backward()
        update = time.perf_counter()
        optimizer.step()
        end = time.perf_counter()
        step_times.append(end - begin)
        update_times.append(end - update)
    return step_times, update_times


run(steps // 2)
times, updates = run(steps)
print(f"{sorted(times)[steps // 10] * 1e3:.4f} {sorted(updates)[steps // 10] * 1e3:.4f}")
