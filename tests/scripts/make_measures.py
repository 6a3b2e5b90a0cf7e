#!/usr/bin/env python3
"""Makes tests/data/measures.json: random answers and what scikit-learn measures on them.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install scikit-learn
    /tmp/venv/bin/python tests/scripts/make_measures.py tests/data/measures.json

Cases hold classes that are never true, never answered, or neither, labels that the model does not know (indices
past its classes), and empty sets of tags. zero_division=nan: an undefined value is nan and left out of averages.
"""

import json
import sys

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.calibration import calibration_curve

BINS = 15


def number(value):
    return None if np.isnan(value) else float(value)


def numbers(values):
    return [number(value) for value in values]


def calibration(right, probability):
    """Expected calibration error from scikit-learn's curve, which leaves empty bins out, and their counts."""
    if len(probability) == 0:
        return float("nan")
    true, mean = calibration_curve(right, probability, n_bins=BINS, strategy="uniform")
    edges = np.linspace(0, 1, BINS + 1)
    counts = np.bincount(np.searchsorted(edges[1:-1], probability), minlength=BINS)
    counts = counts[counts > 0]
    return float(np.sum(counts * np.abs(true - mean)) / len(probability))


def shared(truth, answer, labels):
    """What both kinds have: averages of F1 and the table of classes."""
    common = {"labels": labels, "zero_division": np.nan}
    precision, recall, f1, support = metrics.precision_recall_fscore_support(truth, answer, **common)
    return {
        "weighted_f1": number(metrics.f1_score(truth, answer, average="weighted", **common)),
        "macro_f1": number(metrics.f1_score(truth, answer, average="macro", **common)),
        "micro_f1": number(metrics.f1_score(truth, answer, average="micro", **common)),
        "precision": numbers(precision), "recall": numbers(recall), "f1": numbers(f1),
        "support": [int(count) for count in support],
    }


def category_case(name, rng, items, classes, unknown=0, never_answered=(), never_true=(), limit=0.5):
    logits = rng.normal(size=(items, classes)) * 2
    logits[:, list(never_answered)] -= 50
    allowed = [c for c in range(classes + unknown) if c not in never_true]
    truth = rng.choice(allowed, size=items)
    for row, label in enumerate(truth):  # better than chance
        if label < classes:
            logits[row, label] += 1.5
    logits[:, list(never_answered)] = -50
    probability = np.exp(logits)
    probability = (probability / probability.sum(axis=1, keepdims=True)).astype(np.float32)
    answer = probability.argmax(axis=1)
    top = probability.max(axis=1).astype(float)
    sure = top >= np.float32(limit)
    right = answer == truth
    expected = shared(truth, answer, list(range(classes + unknown)))
    padded = np.hstack([probability, np.full((items, unknown), -1, np.float32)])  # an unknown label is never near
    known = list(range(classes + unknown))
    top_k = [metrics.top_k_accuracy_score(truth, padded, k=k, labels=known) for k in range(1, min(classes, 5) + 1)]
    matrix = metrics.confusion_matrix(truth, answer, labels=known)
    expected.update(
        accuracy=number(metrics.accuracy_score(truth, answer)), top_k_accuracy=numbers(top_k),
        coverage=float(sure.mean()), sure_precision=float(right[sure].mean()) if sure.any() else None,
        no_prediction=0.0, unknown_labels=int((truth >= classes).sum()),
        expected_calibration_error=number(calibration(right, top)),
        confusion=[[int(t), int(a), int(matrix[t, a])] for t, a in zip(*matrix.nonzero())])
    return {"name": name, "kind": "category", "classes": classes, "limit": limit,
            "truth": [[int(label)] for label in truth],
            "probabilities": [[float(p) for p in row] for row in probability], "expected": expected}


def tags_case(name, rng, items, classes, unknown=0, never_answered=(), never_true=(), limit=0.5):
    all_labels = classes + unknown
    truth = rng.random((items, all_labels)) < 0.25
    truth[:, list(never_true)] = False
    truth[: items // 5] = False  # items without any tag
    logits = rng.normal(size=(items, classes)) * 1.5 - 1.5 + 2.5 * truth[:, :classes]
    logits[:, list(never_answered)] = -7
    logits[items // 10: items // 3] -= 7  # items without an answer: both empty, and only the answer
    probability = (1 / (1 + np.exp(-logits))).astype(np.float32)
    answer = np.zeros((items, all_labels), bool)
    answer[:, :classes] = probability >= np.float32(limit)
    both = (truth & answer).sum(axis=1)
    counted = probability >= np.float32(0.01)
    expected = shared(truth, answer, None)
    expected.update(
        jaccard=number(metrics.jaccard_score(truth, answer, average="samples", zero_division=1.0)),
        all_right=number(metrics.accuracy_score(truth, answer)), any_right=float((both > 0).mean()),
        coverage=float(answer.any(axis=1).mean()), no_prediction=float((~answer.any(axis=1)).mean()),
        unknown_labels=int(truth[:, classes:].any(axis=1).sum()),
        expected_calibration_error=number(calibration(truth[:, :classes][counted], probability[counted].astype(float))))
    return {"name": name, "kind": "tags", "classes": classes, "limit": limit,
            "truth": [[int(label) for label in row.nonzero()[0]] for row in truth],
            "probabilities": [[float(p) for p in row] for row in probability], "expected": expected}


def main():
    rng = np.random.default_rng(20240607)
    cases = [
        category_case("plain", rng, 60, 6),
        category_case("a class never answered, one never true, one neither", rng, 60, 7, never_answered=(1, 3), never_true=(2, 3)),
        category_case("labels that the model does not know", rng, 60, 4, unknown=2),
        category_case("three classes, none sure", rng, 30, 3, limit=2.0),
        category_case("one item", rng, 1, 3),
        tags_case("plain", rng, 60, 6),
        tags_case("a tag never answered, one never true, one neither", rng, 60, 7, never_answered=(1, 3), never_true=(2, 3)),
        tags_case("tags that the model does not know", rng, 60, 4, unknown=2),
        tags_case("nothing selected", rng, 20, 3, limit=2.0),
    ]
    lines = ",\n".join("    " + json.dumps(case, allow_nan=False) for case in cases)
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write(f'{{\n  "made_with": "scikit-learn {sklearn.__version__}",\n  "cases": [\n{lines}\n  ]\n}}\n')


if __name__ == "__main__":
    main()
