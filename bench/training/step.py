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


model, shape = {
    "mlp": lambda: (mlp(256), (50, 784)),
    "mlp-wide": lambda: (mlp(2048), (256, 784)),
    "cnn": lambda: (cnn(), (64, 3, 32, 32)),
}[workload]()
optimizer = {
    "sgd": lambda p: torch.optim.SGD(p, lr=1e-3, momentum=0.9, weight_decay=0.01),
    "adamw": lambda p: torch.optim.AdamW(p, lr=1e-3, weight_decay=0.01),
    "adamp": lambda p: __import__("adamp").AdamP(p, lr=1e-3, weight_decay=0.01),
}[name](model.parameters())
inputs = torch.rand(shape)
labels = torch.randint(0, 10, (shape[0],))


def run(count):
    step_times, update_times = [], []
    for _ in range(count):
        begin = time.perf_counter()
        optimizer.zero_grad()
        x, y = inputs.clone(), labels.clone()
        nn.functional.cross_entropy(model(x), y).backward()
        update = time.perf_counter()
        optimizer.step()
        end = time.perf_counter()
        step_times.append(end - begin)
        update_times.append(end - update)
    return step_times, update_times


run(steps // 2)
times, updates = run(steps)
print(f"{sorted(times)[steps // 10] * 1e3:.4f} {sorted(updates)[steps // 10] * 1e3:.4f}")
