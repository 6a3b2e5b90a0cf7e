#!/usr/bin/env python3
"""Training of a category task: Aisle against fastText and liblinear, on Debian's catalogue by section.

All three train on the same part of the same split, on the same two cores, one after the other. Scores are
computed here from their answers to the same test part. Takes about two minutes.
"""

import common
from common import Aisle, DATA, Report, WORK, MEGABYTE, accuracy, calibration_error, part, say
from competitors import FastText, Liblinear

TASK = "catalogue"


def run_aisle(options, report):
    """Returns the items with the split, the answers to the test part, and the costs of import and training."""
    say("Aisle: import and train")
    aisle = Aisle(options.aisle, WORK / "train_category")
    aisle.fresh_task(TASK, "category", "title,body")
    import_cost = aisle.import_items(TASK, DATA / "catalogue.jsonl")
    train_cost, figures = aisle.train(TASK)
    items = aisle.export(TASK)
    test = part(items, "test")
    tops = [answer["predictions"][0] for answer in aisle.predictions(TASK, test)]
    truth = [item["label"] for item in test]
    right = [top["label"] == label for top, label in zip(tops, truth)]
    error = calibration_error([top["probability"] for top in tops], right)
    own_accuracy = accuracy(truth, [top["label"] for top in tops])
    if abs(own_accuracy - figures["accuracy"]) > 0.001:
        common.stop(f"`train` says accuracy {figures['accuracy']}, its answers have {own_accuracy}")
    report.cost("aisle import", import_cost)
    report.cost("aisle train", train_cost)
    report.at_most("aisle expected calibration error", error, 0.03)
    report.at_most("aisle model MB", figures["model_bytes"] / MEGABYTE, 40)
    report.at_most("aisle peak memory MB, train", train_cost.peak_bytes / MEGABYTE, 1500)
    report.at_most("aisle peak memory MB, import", import_cost.peak_bytes / MEGABYTE, 1500)
    return items, own_accuracy, report.seconds(import_cost), report.seconds(train_cost)


def run_competitors(items, report):
    """Returns fastText's seconds and liblinear's accuracy."""
    train, test = part(items, "train"), part(items, "test")
    truth = [item["label"] for item in test]
    report.figure("training items", len(train))
    report.figure("test items", len(test))

    say("fastText: train")
    fasttext = FastText(WORK / "fasttext-category")
    fasttext_cost = fasttext.train(train)
    report.cost("fastText train", fasttext_cost)
    report.figure("fastText accuracy", accuracy(truth, [answer[0][0] for answer in fasttext.answers(test, 1)]))
    report.figure("fastText model MB", fasttext.model.stat().st_size / MEGABYTE)

    say("liblinear: features and train")
    liblinear = Liblinear(WORK / "liblinear")
    report.cost("liblinear train, features not counted", liblinear.train(train))
    liblinear_accuracy = accuracy(truth, liblinear.answers(test))
    report.figure("liblinear accuracy", liblinear_accuracy)
    return report.seconds(fasttext_cost), liblinear_accuracy


def main():
    parser = common.arguments(__doc__)
    common.competitors_only(parser)
    options = common.parse(parser)
    report = Report("train_category", options)
    if options.competitors_only:
        run_competitors(common.with_own_split(common.read_jsonl(DATA / "catalogue.jsonl")), report)
        report.finish()
    items, own_accuracy, import_seconds, train_seconds = run_aisle(options, report)
    fasttext_seconds, liblinear_accuracy = run_competitors(items, report)
    report.at_least("aisle accuracy", own_accuracy, 0.795)
    report.at_least("aisle accuracy against liblinear less 0.002", own_accuracy, liblinear_accuracy - 0.002)
    report.at_most("aisle train / fastText train", train_seconds / fasttext_seconds, 1 / 8)
    report.at_most("aisle import and train / fastText train", (import_seconds + train_seconds) / fasttext_seconds, 1 / 3)
    report.finish()


if __name__ == "__main__":
    main()
