#!/usr/bin/env python3
"""Writes dense_fit.json: logistic regressions by scikit-learn, to compare Aisle's with.

Needs numpy and scikit-learn. Run it again only when the cases change.
"""
import json
import pathlib

import numpy
from sklearn.linear_model import LogisticRegression

ITEMS, DIMENSION, CLASSES = 60, 5, 4


def rounded(values):
    return [round(float(value), 5) for value in numpy.ravel(values)]


def main():
    random = numpy.random.default_rng(7)
    centers = random.normal(size=(CLASSES, DIMENSION))
    labels = random.integers(0, CLASSES, ITEMS)
    rows = numpy.round(centers[labels] + random.normal(size=(ITEMS, DIMENSION)), 3)
    cases = []
    for c in (0.1, 1, 10):
        softmax = LogisticRegression(C=c, tol=1e-9, max_iter=10000).fit(rows, labels)
        tags = [LogisticRegression(C=c, tol=1e-9, max_iter=10000).fit(rows, labels == k) for k in range(CLASSES)]
        cases.append({
            "c": c,
            "category": rounded(softmax.predict_proba(rows)),
            "tags": rounded(numpy.stack([tag.predict_proba(rows)[:, 1] for tag in tags], axis=1)),
        })
    data = {"classes": CLASSES, "dimension": DIMENSION, "rows": rounded(rows), "labels": labels.tolist(), "cases": cases}
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(data, separators=(",", ":")) + "\n")


main()
