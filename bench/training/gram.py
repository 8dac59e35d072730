"""Prints samples a second of h = relu(xW), A += HᵀH: gram.py <threads> <float|double> <numpy|torch>.

The same algebra and sizes as GramRate.java; NumPy takes a symmetric product where it sees one.
"""
import os
import sys
import time

threads, dtype, library = int(sys.argv[1]), sys.argv[2], sys.argv[3]
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(threads)

FEATURES, EXPANSION, BLOCK, BLOCKS = 784, 8192, 1024, 6

if library == "numpy":
    import numpy as np

    kind = np.float64 if dtype == "double" else np.float32
    rng = np.random.default_rng(1)
    x = rng.random((BLOCK, FEATURES), dtype=kind)
    w = rng.random((FEATURES, EXPANSION), dtype=kind)
    total = np.zeros((EXPANSION, EXPANSION))

    def block():
        h = np.maximum(x @ w, 0)
        np.add(total, h.T @ h, out=total)
else:
    import torch

    torch.set_num_threads(threads)
    kind = torch.float64 if dtype == "double" else torch.float32
    x = torch.rand((BLOCK, FEATURES), dtype=kind)
    w = torch.rand((FEATURES, EXPANSION), dtype=kind)
    total = torch.zeros((EXPANSION, EXPANSION), dtype=torch.float64)

    def block():
        h = torch.relu_(x @ w)
        if kind == torch.float64:
            total.addmm_(h.T, h)
        else:
            total.add_(h.T @ h)

best = float("inf")
for _ in range(BLOCKS):
    begin = time.perf_counter()
    block()
    best = min(best, time.perf_counter() - begin)
print(f"{BLOCK / best:.1f}")
