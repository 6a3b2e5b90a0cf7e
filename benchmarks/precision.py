#!/usr/bin/env python3
"""What narrower numbers cost, with the two real networks on the AppStream catalogue: features by `aisle embed` in f32,
bf16 and int8.

Cosine to f32, the mean over the items: at least 0.999 in bf16 and 0.99 in int8. Mean accuracy over five folds of
scikit-learn's logistic regression on the features: within half a point of f32. A precision that the processor does not
have is left out. The weights come from scripts/fetch_backbones.py."""

import shutil
import statistics
from pathlib import Path

import common
import small_data
from common import DATA, WORK, Aisle, Report

FOLDS, C = 5, 10
BACKBONES = {"minilm": ("minilm", "--field", "title,summary,body"), "lite0": ("efficientnet_lite0.pth", "--pictures", DATA)}
COSINES = {"bf16": 0.999, "int8": 0.99}


def embed(aisle, backbone, words, source, precision):
    """Features [N, D], or nothing where the processor does not have the precision."""
    import numpy
    target = aisle.workspace / f"{backbone}-{precision}.npy"
    cost = aisle.run("embed", "--backbone", backbone, "--input", source, "--output", target, "--precision",
                     precision, *words, accept=range(10))
    if not target.is_file():
        return None, cost
    return numpy.load(target), cost


def cosines(got, expected):
    import numpy
    lengths = numpy.linalg.norm(got, axis=1) * numpy.linalg.norm(expected, axis=1)
    known = lengths > 0
    return (got * expected).sum(1)[known] / lengths[known]


def fold_accuracy(features, items):
    from sklearn.linear_model import LogisticRegression
    folds = [small_data.fold_of(item) for item in items]
    labels = [item["label"] for item in items]
    scale = 1 / features.std(0).mean()
    scores = []
    for fold in range(FOLDS):
        train = [i for i, own in enumerate(folds) if own != fold]
        test = [i for i, own in enumerate(folds) if own == fold]
        model = LogisticRegression(C=C / features.shape[1], max_iter=2000)
        model.fit(features[train] * scale, [labels[i] for i in train])
        scores.append(common.accuracy([labels[i] for i in test], list(model.predict(features[test] * scale))))
    return statistics.mean(scores)


def measure(options, report, aisle, backbone):
    file, *words = BACKBONES[backbone]
    items = common.read_jsonl(DATA / "apps.jsonl")
    if backbone == "lite0":
        items = [item for item in items if item.get("image")]
        for item in items:
            item["image"] = str((DATA / item["image"]).resolve())
    source = aisle.workspace / f"{backbone}.jsonl"
    common.write_jsonl(source, items)
    aisle.run("backbone", "add", options.weights / file, "--name", backbone)
    exact, cost = embed(aisle, backbone, words, source, "f32")
    if not exact.any(1).all():
        common.stop(f"{backbone}: some items could not be read")
    report.cost(f"{backbone} f32", cost)
    accuracy = fold_accuracy(exact, items)
    report.figure(f"{backbone} f32: mean accuracy", accuracy)
    for precision, bar in COSINES.items():
        got, cost = embed(aisle, backbone, words, source, precision)
        if got is None:
            common.say(f"{backbone}: no {precision} here")
            continue
        report.cost(f"{backbone} {precision}", cost)
        near = cosines(got, exact)
        report.figure(f"{backbone} {precision}: least cosine", float(near.min()))
        report.at_least(f"{backbone} {precision}: mean cosine", float(near.mean()), bar)
        own = fold_accuracy(got, items)
        report.figure(f"{backbone} {precision}: mean accuracy", own)
        report.at_most(f"{backbone} {precision}: points of accuracy to f32", 100 * abs(own - accuracy), 0.5)


def main():
    parser = common.arguments(__doc__)
    parser.add_argument("--weights", type=Path, default=common.CACHE / "weights",
                        help="where fetch_backbones.py put them (default: %(default)s)")
    parser.add_argument("--only", default="", help="backbones whose name contains this")
    options = common.parse(parser)
    small_data.with_scikit_learn()
    report = Report("precision", options)
    aisle = Aisle(options.aisle, WORK / "precision")
    shutil.rmtree(aisle.workspace, ignore_errors=True)
    aisle.workspace.parent.mkdir(parents=True, exist_ok=True)
    common.measured([aisle.program, "init", aisle.workspace, "--quiet"])
    for backbone in BACKBONES:
        if options.only in backbone:
            measure(options, report, aisle, backbone)
    report.finish()


if __name__ == "__main__":
    main()
