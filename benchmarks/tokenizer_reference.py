#!/usr/bin/env python3
"""The ids of Aisle's subword tokenizers against those of Hugging Face's `tokenizers`: all of them must be equal.

Vocabularies of the three kinds are trained here, on the catalogue and on translations in more than ten scripts; each is
compared on the same texts, cut to 128 tokens and whole. Run it with a Python that has `tokenizers` and `sentencepiece`:
  python3 -m venv V && V/bin/pip install tokenizers sentencepiece && V/bin/python benchmarks/tokenizer_reference.py
"""

import argparse
import random
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from tokenizers import Tokenizer, __version__

import tokenizer_subjects
import tokenizer_texts
from common import REPOSITORY, say, stop

WHOLE = 100_000_000  # tokens


def write_texts(path, texts):
    with open(path, "wb") as file:
        for text in texts:
            file.write(struct.pack("<I", len(text)) + text)


def read_ids(path):
    data, at, ids = Path(path).read_bytes(), 0, []
    while at < len(data):
        count, = struct.unpack_from("<I", data, at)
        ids.append(list(struct.unpack_from(f"<{count}i", data, at + 4)))
        at += 4 + 4 * count
    return ids


def aisle_ids(program, tokenizer, texts, max_tokens):
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "texts"), Path(folder, "ids")
        write_texts(source, texts)
        subprocess.run([program, "encode", tokenizer, source, str(max_tokens), target], check=True)
        return read_ids(target)


def reference_ids(tokenizer, texts, max_tokens):
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if max_tokens != WHOLE:
        tokenizer.enable_truncation(max_tokens)
    return [encoding.ids for encoding in tokenizer.encode_batch([text.decode("utf-8", "replace") for text in texts])]


def differences(program, tokenizer, path, texts):
    """The texts that got other ids, cut or whole; the first few are shown."""
    wrong = set()
    for max_tokens in (128, WHOLE):
        for number, (ours, theirs) in enumerate(zip(aisle_ids(program, path, texts, max_tokens),
                                                    reference_ids(tokenizer, texts, max_tokens), strict=True)):
            if ours != theirs:
                wrong.add(number)
                if len(wrong) <= 3:
                    at = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))
                    show = lambda ids: [tokenizer.id_to_token(i) for i in ids[max(0, at - 3):at + 5]]
                    say(f"  text {number} {texts[number][:120].decode('utf-8', 'replace')!r}\n    at {at}: Aisle {show(ours)}, reference {show(theirs)}")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, default=REPOSITORY / "build/bench/benchmarks/tokenizer_bench")
    parser.add_argument("--count", type=int, default=6000, help="texts (default: %(default)s)")
    parser.add_argument("--size", type=int, default=8000, help="tokens of a vocabulary (default: %(default)s)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the trained tokenizers there, and use those that are there")
    parser.add_argument("more", nargs="*", type=Path, help="further tokenizer.json to compare")
    options = parser.parse_args()
    if not options.program.is_file():
        stop(f"there is no {options.program}: run `cmake --preset bench && cmake --build --preset bench`")
    chance = random.Random(1)
    texts = tokenizer_texts.comparison_texts(options.count, chance)
    training = tokenizer_texts.training_texts(chance)
    say(f"{len(texts)} texts, tokenizers {__version__}, {len(tokenizer_texts.translations())} languages beside English and French")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        if not list(folder.glob("*.json")):
            for number, (kind, name, tokenizer) in enumerate(tokenizer_subjects.all_subjects(training, options.size)):
                tokenizer.save(str(folder / f"{number:02} {kind}, {name}.json"))
        failed = 0
        for path in [*sorted(folder.glob("*.json")), *options.more]:
            wrong = differences(options.program, Tokenizer.from_file(str(path)), path, texts)
            print(f"{'DIFFERS' if wrong else 'equal  '} {len(texts) - len(wrong)} of {len(texts)}  {path.stem}", flush=True)
            failed += bool(wrong)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
