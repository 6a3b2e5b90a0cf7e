#!/usr/bin/env python3
"""Training of a tags task: Aisle against fastText, on Debian's packages and their 100 most frequent tags.

Both train on the same part of the same split, on the same two cores. fastText answers with every tag whose
probability passes one limit; the limit is the one with the best micro F1 on the validation part.
"""

from collections import Counter

import common
from common import Aisle, DATA, Report, WORK, jaccard, labels_of, micro_f1, part, say
from competitors import FastText

TASK = "questions"
TAGS = 100
LIMITS = [step / 100 for step in range(2, 96)]


def frequent_tags_only(items):
    """The items with at least one of the most frequent tags, and of their tags only these."""
    counts = Counter(label for item in items for label in labels_of(item))
    # Equal counts are ordered by name, so that the choice is the same everywhere.
    kept = set(sorted(counts, key=lambda label: (-counts[label], label))[:TAGS])
    trimmed = [item | {"label": [label for label in labels_of(item) if label in kept]} for item in items]
    return [item for item in trimmed if item["label"]]


def truth_of(items):
    return [set(labels_of(item)) for item in items]


def over(answers, limit):
    return [{label for label, probability in answer if probability >= limit} for answer in answers]


def run_fasttext(items, report):
    """Returns seconds, micro F1, Jaccard."""
    say("fastText: train")
    fasttext = FastText(WORK / "fasttext-tags")
    cost = fasttext.train(part(items, "train"), loss="ova")
    validation, test = part(items, "validation"), part(items, "test")
    answers = fasttext.answers(validation, TAGS)
    limit = max(LIMITS, key=lambda limit: micro_f1(truth_of(validation), over(answers, limit)))
    chosen = over(fasttext.answers(test, TAGS), limit)
    f1, overlap = micro_f1(truth_of(test), chosen), jaccard(truth_of(test), chosen)
    report.cost("fastText train", cost)
    report.figure("fastText limit", limit)
    report.figure("fastText micro F1", f1)
    report.figure("fastText Jaccard", overlap)
    return report.seconds(cost), f1, overlap


def run_aisle(options, source, report):
    """Returns the items with the split, seconds of training, micro F1, Jaccard."""
    say("Aisle: import and train")
    aisle = Aisle(options.aisle, WORK / "train_tags")
    aisle.fresh_task(TASK, "tags", "title,body")
    report.cost("aisle import", aisle.import_items(TASK, source))
    cost, figures = aisle.train(TASK)
    items = aisle.export(TASK)
    test = part(items, "test")
    answers = aisle.predictions(TASK, test, "--top", str(TAGS))
    chosen = [{p["label"] for p in answer["predictions"] if p["selected"]} for answer in answers]
    f1, overlap = micro_f1(truth_of(test), chosen), jaccard(truth_of(test), chosen)
    if abs(f1 - figures["micro_f1"]) > 0.001:
        common.stop(f"`train` says micro F1 {figures['micro_f1']}, its answers have {f1}")
    report.cost("aisle train", cost)
    return items, report.seconds(cost), f1, overlap


def main():
    parser = common.arguments(__doc__)
    common.competitors_only(parser)
    options = common.parse(parser)
    report = Report("train_tags", options)
    chosen = frequent_tags_only(common.read_jsonl(DATA / "questions.jsonl"))
    if options.competitors_only:
        run_fasttext(common.with_own_split(chosen), report)
        report.finish()
    source = WORK / "questions100.jsonl"
    WORK.mkdir(parents=True, exist_ok=True)
    common.write_jsonl(source, chosen)
    items, seconds, f1, overlap = run_aisle(options, source, report)
    fasttext_seconds, fasttext_f1, fasttext_overlap = run_fasttext(items, report)
    report.at_least("aisle micro F1 against fastText and 0.02", f1, fasttext_f1 + 0.02)
    report.at_least("aisle Jaccard against fastText and 0.02", overlap, fasttext_overlap + 0.02)
    report.at_most("aisle train / fastText train", seconds / fasttext_seconds, 1 / 5)
    report.finish()


if __name__ == "__main__":
    main()
