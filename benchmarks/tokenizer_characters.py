#!/usr/bin/env python3
"""Every character through every step of a tokenizer, Aisle's against Hugging Face's.

The model has the 256 bytes as its tokens, so that nothing is hidden by an unknown token, and every piece begins with a
space, so that it is seen where a text is cut. Characters that this Python does not know may differ: the versions of the
reference do so among themselves. Needs a Python with `tokenizers` and `sentencepiece`, as tokenizer_reference.py does.
"""

import json
import sys
import tempfile
import unicodedata
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers as n, pre_tokenizers as p

from common import REPOSITORY, say
from tokenizer_reference import WHOLE, aisle_ids, reference_ids
from tokenizer_subjects import unigram
from tokenizer_texts import SENTENCES

PROGRAM = Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "build/bench/benchmarks/tokenizer_bench"
CODES = [code for code in (*range(0x32400), *range(0xE0000, 0xE0200), *range(0xFFFF0, 0x100010), *range(0x10FFF0, 0x110000))
         if not 0xD800 <= code < 0xE000]


def text_of(code):
    """A character between letters, between digits, after a space, with a mark, and twice."""
    c = chr(code)
    return f"a{c}b1{c}2 {c} {c}\u0301\u0323 {c}{c}x\u0915\u094d{c}\n"


def steps():
    charsmap = json.loads(unigram(SENTENCES * 20, 1000).to_str())["normalizer"]["normalizers"][0]
    for flags in ((True, True, True, True), (True, True, False, False), (False, True, True, False), (True, False, False, True)):
        yield f"BertNormalizer {flags}", n.BertNormalizer(*flags), None
    for step in (n.NFC(), n.NFD(), n.NFKC(), n.NFKD(), n.Lowercase(), n.StripAccents()):
        yield type(step).__name__, step, None
    yield "Precompiled", charsmap, None
    for name, step in (("BertPreTokenizer", p.BertPreTokenizer()), ("Whitespace", p.Whitespace()), ("WhitespaceSplit", p.WhitespaceSplit()),
                       ("Punctuation", p.Punctuation()), ("Digits", p.Digits(True)), ("Split spaces", p.Split(Regex(r"\s"), "isolated")),
                       ("Split digits", p.Split(Regex(r"\d+"), "isolated")), ("Metaspace", p.Metaspace()),
                       ("GPT-2", p.Split(Regex(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"), "isolated"))):
        yield name, None, step


def tokenizer_with(normalizer, pre_tokenizer):
    last = p.ByteLevel(add_prefix_space=True, use_regex=False)
    tokenizer = Tokenizer(models.BPE({c: i for i, c in enumerate(sorted(p.ByteLevel.alphabet()))}, []))
    if normalizer and not isinstance(normalizer, dict):
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = p.Sequence([pre_tokenizer, last]) if pre_tokenizer else last
    document = json.loads(tokenizer.to_str())
    if isinstance(normalizer, dict):
        document["normalizer"] = normalizer
    return json.dumps(document)


def main():
    texts = [text_of(code).encode() for code in CODES]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "tokenizer.json")
        for name, normalizer, pre_tokenizer in steps():
            path.write_text(tokenizer_with(normalizer, pre_tokenizer), encoding="utf-8")
            pairs = zip(CODES, aisle_ids(PROGRAM, path, texts, WHOLE), reference_ids(Tokenizer.from_file(str(path)), texts, WHOLE))
            wrong = [code for code, ours, theirs in pairs if ours != theirs]
            known = [code for code in wrong if unicodedata.category(chr(code)) != "Cn"]
            print(f"{'DIFFERS' if known else 'equal  '} {len(CODES)} characters, {len(known)} known ones differ, {len(wrong) - len(known)} "
                  f"newer than Unicode {unicodedata.unidata_version} differ: {name}", flush=True)
            if known:
                say("  " + " ".join(f"U+{code:04X}" for code in known[:20]))
            failed += bool(known)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
