"""Learns a byte-level BPE of the project's licence with Hugging Face's trainer, for BytePairTrainingTest.

    python bpe_reference.py ../../../../../LICENSE ../resources/bpe     # needs tokenizers
"""
import json
import pathlib
import sys

from tokenizers import ByteLevelBPETokenizer, Tokenizer

text, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
out.mkdir(parents=True, exist_ok=True)
trained = ByteLevelBPETokenizer()
trained.train_from_iterator([text.read_text(encoding="utf-8")], vocab_size=600, min_frequency=2, special_tokens=["<|endoftext|>"], show_progress=False)
model = json.loads(trained.to_str())["model"]
merges = [" ".join(m) if isinstance(m, list) else m for m in model["merges"]]
sentence = "Licensor's 3 Works, \u00fcber-gr\u00f6\u00dfe \u4f60\u597d\n\n  def f(x):\treturn x"
(out / "merges.txt").write_text("\n".join(merges) + "\n", encoding="utf-8")
(out / "expected.json").write_text(
    json.dumps({"vocab": len(model["vocab"]), "sentence": sentence, "ids": trained.encode(sentence).ids}) + "\n")
