#!/usr/bin/env python3
"""A thousand items: Aisle against scikit-learn on the AppStream catalogue, five folds, text only.

The fold of an item is a keyed hash of its id. Each fold is once the test part; Aisle takes its own validation part
from the rest. scikit-learn (TF-IDF of word 1-2-grams, logistic regression, C=20) trains on all of the rest.
It lives in a virtual environment that `scripts/setup.sh --benchmarks` makes.
"""

import html
import os
import re
import statistics
import sys

import common
from common import Aisle, CACHE, DATA, Report, WORK, accuracy, say

TASK = "apps"
FOLDS = 5
FIELDS = ("title", "summary", "body")


def with_scikit_learn():
    """Starts again inside the virtual environment, where this Python has no scikit-learn."""
    try:
        import sklearn  # noqa: F401
    except ImportError:
        python = CACHE / "venv/bin/python"
        if not python.exists() or sys.executable == str(python):
            common.stop("scikit-learn is missing: run scripts/setup.sh --benchmarks")
        os.execv(python, [str(python), *sys.argv])


def fold_of(item):
    return int(common.keyed_fraction(item["id"], "aisle folds") * FOLDS)


def plain_text(item):
    """The fields as one text without HTML."""
    joined = " ".join(item.get(field, "") for field in FIELDS)
    return html.unescape(re.sub(r"<[^>]*>", " ", joined))


def scikit_learn_answers(train, test):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
                          LogisticRegression(C=20, max_iter=1000))
    model.fit([plain_text(item) for item in train], [item["label"] for item in train])
    return list(model.predict([plain_text(item) for item in test]))


def aisle_answers(options, fold, train, test):
    """Trains on files that give the split. Pictures and groups stay out: text alone, and folds by id."""
    aisle = Aisle(options.aisle, WORK / f"small_data-{fold}")
    aisle.fresh_task(TASK, "category", ",".join(FIELDS))
    source = WORK / f"small_data-{fold}.jsonl"
    fields = ("id", "label", *FIELDS)
    common.write_jsonl(source, [{name: item[name] for name in fields} | {"split": split}
                                for split, items in (("train", train), ("test", test)) for item in items])
    aisle.import_items(TASK, source)
    aisle.train(TASK)
    answers = aisle.predictions(TASK, [{name: item[name] for name in fields} for item in test])
    return [answer["predictions"][0]["label"] for answer in answers]


def main():
    parser = common.arguments(__doc__)
    common.competitors_only(parser)
    options = common.parse(parser)
    with_scikit_learn()
    report = Report("small_data", options)
    items = common.read_jsonl(DATA / "apps.jsonl")
    report.figure("items", len(items))
    WORK.mkdir(parents=True, exist_ok=True)
    scores = {"scikit-learn": [], "aisle": []}
    for fold in range(FOLDS):
        say(f"Fold {fold + 1} of {FOLDS}")
        test = [item for item in items if fold_of(item) == fold]
        train = [item for item in items if fold_of(item) != fold]
        truth = [item["label"] for item in test]
        scores["scikit-learn"].append(accuracy(truth, scikit_learn_answers(train, test)))
        if not options.competitors_only:
            scores["aisle"].append(accuracy(truth, aisle_answers(options, fold, train, test)))
    for name, values in scores.items():
        for fold, value in enumerate(values, 1):
            report.figure(f"{name} accuracy, fold {fold}", value)
    reference = statistics.mean(scores["scikit-learn"])
    report.figure("scikit-learn mean accuracy", reference)
    if scores["aisle"]:
        report.at_least("aisle mean accuracy", statistics.mean(scores["aisle"]), reference)
    report.finish()


if __name__ == "__main__":
    main()
