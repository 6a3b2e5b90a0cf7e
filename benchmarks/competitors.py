"""fastText and liblinear on the items of a task, as a careful user would run them."""

import math
import re
import zlib
from collections import Counter

from common import labels_of, measured, measured_output, need_program

HASH_BITS = 20


def words(item):
    """Lower-case words of title and body: what both competitors see."""
    return re.findall(r"\w+", f"{item.get('title', '')} {item.get('body', '')}".lower())


# --- fastText ------------------------------------------------------------------------------------

# The settings of the bar.
FASTTEXT_OPTIONS = ["-wordNgrams", "2", "-epoch", "25", "-lr", "0.5", "-dim", "50", "-thread", "2"]


def write_fasttext(path, items, with_labels=True):
    with open(path, "w", encoding="utf-8") as file:
        for item in items:
            labels = "".join(f"__label__{label} " for label in labels_of(item)) if with_labels else ""
            file.write(labels + " ".join(words(item)) + "\n")


class FastText:
    """One model of fastText in a folder."""

    def __init__(self, folder):
        self.program = need_program("fasttext", "fasttext")
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.model = folder / "model.bin"

    def train(self, items, loss="softmax"):
        source = self.folder / "train.txt"
        write_fasttext(source, items)
        return measured([self.program, "supervised", "-input", source, "-output", self.model.with_suffix(""),
                         "-loss", loss, "-verbose", "0", *FASTTEXT_OPTIONS])

    def answers(self, items, count):
        """For each item its `count` best labels with their probabilities."""
        source = self.folder / "predict.txt"
        write_fasttext(source, items, with_labels=False)
        _, text = measured_output([self.program, "predict-prob", self.model, source, str(count), "0"])
        lines = text.splitlines()
        if len(lines) != len(items):
            raise SystemExit(f"fastText gave {len(lines)} answers for {len(items)} items")
        return [parse_answer(line) for line in lines]


def parse_answer(line):
    fields = line.split()
    return [(label.removeprefix("__label__"), float(probability))
            for label, probability in zip(fields[::2], fields[1::2], strict=True)]


# --- liblinear -----------------------------------------------------------------------------------

def grams(item):
    """Hashed word 1-2-grams with their counts."""
    found = words(item)
    pairs = [f"{left} {right}" for left, right in zip(found, found[1:])]
    return Counter(zlib.crc32(gram.encode()) & ((1 << HASH_BITS) - 1) for gram in found + pairs)


class Liblinear:
    """TF-IDF of hashed n-grams and a linear SVM. The features are made here, and not timed."""

    def __init__(self, folder):
        self.trainer = need_program("liblinear-train", "liblinear-tools")
        self.predictor = need_program("liblinear-predict", "liblinear-tools")
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.model = folder / "model"
        self.idf, self.numbers = {}, {}

    def train(self, items):
        counted = [grams(item) for item in items]
        frequency = Counter(gram for counts in counted for gram in counts)
        self.idf = {gram: math.log((1 + len(items)) / (1 + count)) + 1 for gram, count in frequency.items()}
        self.numbers = {label: number for number, label in enumerate(sorted({item["label"] for item in items}), 1)}
        source = self.folder / "train.txt"
        self._write(source, items, counted)
        return measured([self.trainer, "-q", "-s", "1", "-c", "1", source, self.model])

    def answers(self, items):
        source, target = self.folder / "test.txt", self.folder / "answers.txt"
        self._write(source, items, [grams(item) for item in items])
        measured_output([self.predictor, source, self.model, target])
        names = {number: label for label, number in self.numbers.items()}
        return [names[int(line)] for line in target.read_text(encoding="ascii").splitlines()]

    def _write(self, path, items, counted):
        with open(path, "w", encoding="ascii") as file:
            for item, counts in zip(items, counted, strict=True):
                weights = {gram: (1 + math.log(count)) * self.idf[gram]
                           for gram, count in counts.items() if gram in self.idf}
                norm = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
                features = " ".join(f"{gram + 1}:{weight / norm:.6g}" for gram, weight in sorted(weights.items()))
                file.write(f"{self.numbers.get(item['label'], 0)} {features}\n")
