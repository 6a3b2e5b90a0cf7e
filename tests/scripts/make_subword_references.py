#!/usr/bin/env python3
"""Makes tests/data/subword/: three small tokenizers, and the ids that Hugging Face's `tokenizers` gives with them.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install tokenizers sentencepiece
    /tmp/venv/bin/python tests/scripts/make_subword_references.py tests/data/subword

The vocabularies are trained on the catalogue (scripts/fetch_catalogue.py). The texts are sentences in many scripts and
made ones; `ids` has their ids for each tokenizer, and `steps` has, for the WordPiece vocabulary under other steps, a
32-bit FNV-1a hash of the ids (little-endian 32-bit) of each sentence. A text that is no UTF-8 is written as {"hex": ...}.
"""

import json
import random
import sys
import tempfile
from pathlib import Path

from tokenizers import Tokenizer, __version__

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
import tokenizer_subjects
import tokenizer_texts

SIZE = 2000
# sentencepiece's own rules fill 300 KB; these few are compiled to the same format.
RULES = {"\ufb01": "fi", "\uff21": "A", "\uff42": "b", "\u2460": "1", "\u00bd": "1/2", "e\u0301": "\u00e9", "n\u0303": "\u00f1",
         "\t": " ", "\n": " ", "\r": " ", "\u00a0": " ", "\u3000": " ", "\u2003": " ", "\u200b": " ", "\ufeff": "", "\u0001": "",
         "\u0e33": "\u0e4d\u0e32", "\u2126": "\u03a9", "\uff76": "\u30ab", "\uff76\uff9e": "\u30ac", "\u1100\u1161": "\uac00"}


def fnv(ids):
    value = 0x811C9DC5
    for byte in b"".join(number.to_bytes(4, "little") for number in ids):
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def small_unigram(texts):
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8") as rules:
        for source, target in RULES.items():
            print(*(" ".join(f"{ord(c):X}" for c in part) for part in (source, target)), sep="\t", file=rules)
        rules.flush()
        return tokenizer_subjects.unigram(texts, SIZE, normalization_rule_tsv=rules.name)


def main():
    folder = Path(sys.argv[1])
    chance = random.Random(4)
    training = chance.sample(tokenizer_texts.catalogue_texts(), 8000) + tokenizer_texts.SENTENCES * 5
    tokenizers = {"wordpiece": tokenizer_subjects.wordpiece(training, SIZE, True), "unigram": small_unigram(training),
                  "byte_pair": tokenizer_subjects.byte_level(training, SIZE, False)}
    words = " ".join(tokenizer_texts.SENTENCES).split()
    sentences = tokenizer_texts.SENTENCES
    texts = [text.encode() for text in sentences + [tokenizer_texts.random_text(chance, words) for _ in range(220)]]
    texts += tokenizer_texts.BROKEN
    result = {"made_with": f"tokenizers {__version__}", "texts": [], "ids": {}, "steps": []}
    for text in texts:
        try:
            result["texts"].append(text.decode())
        except UnicodeDecodeError:
            result["texts"].append({"hex": text.hex()})
    for name, tokenizer in tokenizers.items():
        document = json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":"))
        (folder / f"{name}.json").write_text(document + "\n", encoding="utf-8")
        tokenizer = Tokenizer.from_str(document)
        tokenizer.enable_truncation(128)
        result["ids"][name] = [tokenizer.encode(text.decode("utf-8", "replace")).ids for text in texts]
    for name, tokenizer in tokenizer_subjects.odd_ones(tokenizers["wordpiece"]):
        document = json.loads(tokenizer.to_str())
        result["steps"].append({
            "name": name, "sections": {key: document[key] for key in ("normalizer", "pre_tokenizer", "added_tokens")},
            "hashes": [fnv(tokenizer.encode(text).ids) for text in sentences]})
    (folder / "references.json").write_text(json.dumps(result, ensure_ascii=True, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
