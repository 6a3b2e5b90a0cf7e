#!/usr/bin/env python3
"""Speed of the subword tokenizers on one core: Aisle against Hugging Face's `tokenizers`, on long descriptions.

The texts are descriptions of 330 to 600 characters from the catalogue, no two equal (those of predict_speed.py). Both cut
to 128 tokens; the ids are compared before anything is timed. Needs a Python with `tokenizers` and `sentencepiece`, as
tokenizer_reference.py does. Times are processor time; the best of some rounds counts, for both.
"""

import argparse
import os
import random
import subprocess
import tempfile
import time
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

from tokenizers import Tokenizer, __version__

import common
import tokenizer_subjects
import tokenizer_texts
from common import DATA, REPOSITORY, Report, say
from predict_speed import descriptions
from tokenizer_reference import aisle_ids, reference_ids, write_texts

MAX_TOKENS = 128
BAR = 5


def reference_seconds(tokenizer, texts, rounds):
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        tokenizer.encode_batch(texts)
        best = min(best, time.process_time() - start)
    return best


def aisle_seconds(program, *words):
    return float(subprocess.run([program, *map(str, words)], check=True, capture_output=True, text=True).stdout)


def subjects(folder, size):
    """Tokenizers of the three kinds, trained where they are not there."""
    if not list(folder.glob("*.json")):
        training = tokenizer_texts.training_texts(random.Random(1))
        say("training tokenizers")
        tokenizer_subjects.wordpiece(training, size, True).save(str(folder / "WordPiece.json"))
        tokenizer_subjects.unigram(training, size).save(str(folder / "Unigram.json"))
        tokenizer_subjects.byte_level(training, size, False).save(str(folder / "BPE.json"))
    return sorted(folder.glob("*.json"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, default=REPOSITORY / "build/bench/benchmarks/tokenizer_bench")
    parser.add_argument("--count", type=int, default=5000, help="texts (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", type=int, default=30_000, help="tokens of a vocabulary (default: %(default)s)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the trained tokenizers there, and use those that are there")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as JSON")
    parser.add_argument("more", nargs="*", type=Path, help="further tokenizer.json to time")
    options = parser.parse_args()
    options.time = "cpu"
    if not options.program.is_file():
        common.stop(f"there is no {options.program}: run `cmake --preset bench && cmake --build --preset bench`")
    report = Report("tokenizer_speed", options)
    texts = [item["body"] for item in descriptions(common.read_jsonl(DATA / "catalogue.jsonl"), options.count)]
    report.figure(f"texts (tokenizers {__version__})", len(texts))
    report.figure("mean characters", sum(map(len, texts)) / len(texts))
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary, "tokenizers")
        folder.mkdir(exist_ok=True)
        source = Path(temporary, "texts")
        write_texts(source, [text.encode() for text in texts])
        for path in [*subjects(folder, options.size), *options.more]:
            name = path.parent.name if path.stem == "tokenizer" else path.stem
            tokenizer = Tokenizer.from_file(str(path))
            expected = reference_ids(tokenizer, [text.encode() for text in texts], MAX_TOKENS)
            if aisle_ids(options.program, path, [text.encode() for text in texts], MAX_TOKENS) != expected:
                common.stop(f"{name}: the ids differ: see tokenizer_reference.py")
            theirs = len(texts) / reference_seconds(tokenizer, texts, options.rounds)
            ours = len(texts) / aisle_seconds(options.program, "speed", path, source, MAX_TOKENS, options.rounds)
            report.figure(f"{name}: mean tokens", sum(map(len, expected)) / len(expected))
            report.figure(f"{name}: tokenizers, texts a second", theirs)
            report.figure(f"{name}: aisle, texts a second", ours)
            report.at_least(f"{name}: aisle / tokenizers", ours / theirs, BAR)
            report.figure(f"{name}: milliseconds to open", 1000 * aisle_seconds(options.program, "load", path))
    report.finish()


if __name__ == "__main__":
    main()
